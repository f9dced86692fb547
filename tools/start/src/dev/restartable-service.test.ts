import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@ticketing/testing';
import { startServiceProcess } from '../system/service-process';
import { type RestartableService, restartableService } from './restartable-service';

const dir = mkdtempSync(join(tmpdir(), 'restartable-service-'));
const program = join(dir, 'service.cjs');
let service: RestartableService | undefined;
let url = '';
let said: string[] = [];
beforeEach(async () => {
  said = [];
  write('one');
  const begin = () => startServiceProcess({ name: 'tickets', env: { PORT: '' }, program, readyWithinMs: 60_000 });
  const moved = (to: string) => void (url = to);
  service = await restartableService('tickets', begin, moved, (line) => said.push(line));
});
afterEach(() => service?.stop());
afterAll(() => rmSync(dir, { recursive: true }));

/** A small program instead of the service, which answers with this word; /end ends it. */
function write(word: string): void {
  writeFileSync(
    program,
    `require('node:http').createServer((request, response) => {
       if (request.url === '/end') process.exit(3);
       response.end('${word}');
     }).listen(process.env.PORT);`,
  );
}
const answer = async (at = url) => (await fetch(`${at}/`)).text();

test('a restart runs the new program, and ends the former one only when the new one is ready', async () => {
  const former = url;
  write('two');
  const restart = service?.restart();
  while (url === former) {
    const answered = await answer(former).catch(String);
    if (url === former) expect(answered).toBe('one'); // else it was ended meanwhile
    await sleep(5);
  }
  expect(await answer()).toBe('two');
  await restart;
  await expect(answer(former)).rejects.toThrow();
  expect(said).toEqual([expect.stringMatching(/^tickets restarted in \d+\.\d s$/)]);
});

test('a program that does not start is said, the former one goes on, and the next restart starts the right one', async () => {
  writeFileSync(program, "throw new Error('a mistake')");
  await service?.restart();
  expect(said[0]).toMatch(
    /^tickets exited with 1 before it was ready: Error: a mistake\ntickets goes on as it was; an edit starts it again$/m,
  );
  expect(await answer()).toBe('one');
  write('right');
  await service?.restart();
  expect(await answer()).toBe('right');
});

test('one that ends by itself is said, and a restart starts it again', async () => {
  await fetch(`${url}/end`).catch(() => undefined);
  await waitFor(() => said.length > 0, { what: 'the end' });
  expect(said).toEqual(['tickets has ended by itself (3); an edit starts it again']);
  await service?.restart();
  expect(await answer()).toBe('one');
});

test('restarts at once come one after the other, and a stop after them', async () => {
  await Promise.all([service?.restart(), service?.restart()]);
  expect(await answer()).toBe('one');
  void service?.restart();
  await service?.stop();
  await expect(answer()).rejects.toThrow();
});
