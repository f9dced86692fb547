import { setTimeout as sleep } from 'node:timers/promises';
import { patientLog } from './patient-log';

test('what is said is held back for a while, then nothing is missing', async () => {
  const written: string[] = [];
  const { log, end } = patientLog((line) => written.push(line), 50);
  log('first');
  expect(written).toEqual([]);
  await sleep(80);
  log('second');
  expect(written).toEqual(['first', 'second']);
  end();
});

test('when it was quick nothing is written', async () => {
  const written: string[] = [];
  const { log, end } = patientLog((line) => written.push(line), 30);
  log('first');
  end();
  await sleep(60);
  expect(written).toEqual([]);
});
