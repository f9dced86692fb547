import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { newId, seededRandom, waitFor } from '@ticketing/testing';
import { versions } from '../rebuild/rebuild.test.helper';
import { StatesBench } from './states.test.helper';

const MAIN = join(__dirname, '..', '..', 'dist', 'main.js');
const [TICKETS, ROUNDS] = [600, 5];

let bench: StatesBench;
beforeEach(async () => {
  bench = await StatesBench.open();
});
afterEach(() => bench.close());

function project(): ChildProcess {
  const env = { PATH: process.env['PATH'], BROKER: 'jetstream', NATS_URL: bench.server.url };
  return spawn(process.execPath, [MAIN, 'states', '--json'], { env, stdio: 'ignore' });
}

test('programs that are killed in the middle, two at once, leave nothing wrong; the next one ends their work', async () => {
  const ids = Array.from({ length: TICKETS }, newId);
  const random = seededRandom(18);
  let inTheMiddle = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [one, two] = [2 * round, 2 * round + 1];
    await Promise.all(ids.map((id) => bench.publishVersions(id, ...random.shuffled([one, two]))));
    await bench.states.need();
    const [before, said] = [await bench.writes(), await bench.states.reached()];
    const programs = [project(), project()];
    const exits = programs.map((program) => once(program, 'exit'));
    await waitFor(async () => (await bench.writes()) > before, { timeoutMs: 60_000, everyMs: 5, what: 'a state' });
    for (const program of programs) program.kill('SIGKILL');
    await Promise.all(exits);
    const now = await bench.states.reached();
    const there = await bench.statesThere();
    if (isDeepStrictEqual(now, said)) inTheMiddle += 1;
    else expect(there).toEqual(versions(ids, two)); // it was faster than the kill
  }
  expect(inTheMiddle).toBeGreaterThan(0);
  const program = project();
  expect(await once(program, 'exit')).toEqual([0, null]);
  expect(await bench.statesThere()).toEqual(versions(ids, 2 * ROUNDS - 1));
  expect(await bench.rebuild()).toMatchObject({ aggregates: TICKETS, states: TICKETS, events: 0 });
  expect(await bench.stored()).toEqual(versions(ids, 2 * ROUNDS - 1));
}, 240_000);
