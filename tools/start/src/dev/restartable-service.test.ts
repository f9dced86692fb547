import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@ticketing/testing';
import { startServiceProcess } from '../system/service-process';
import { type RestartableService, restartableService } from './restartable-service';

const dir = mkdtempSync(join(tmpdir(), 'restartable-service-'));
const program = join(dir, 'service.cjs');
let service: RestartableService | undefined;
let said: string[] = [];
beforeEach(async () => {
  said = [];
  write('one');
  const begin = (PORT = '') => startServiceProcess({ name: 'tickets', env: { PORT }, program, readyWithinMs: 60_000 });
  service = await restartableService('tickets', begin, (line) => said.push(line));
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
const answer = async () => (await fetch(`${service?.url}/`)).text();

test('a restart runs the new program at the same address', async () => {
  expect(await answer()).toBe('one');
  write('two');
  expect(await answer()).toBe('one');
  await service?.restart();
  expect(await answer()).toBe('two');
  expect(said).toEqual([expect.stringMatching(/^tickets restarted in \d+\.\d s$/)]);
});

test('a program that does not start is said, and the next restart starts the right one', async () => {
  writeFileSync(program, "throw new Error('a mistake')");
  await service?.restart();
  expect(said[0]).toMatch(
    /^tickets exited with 1 before it was ready: Error: a mistake\ntickets does not run; an edit starts it again$/m,
  );
  write('right');
  await service?.restart();
  expect(await answer()).toBe('right');
});

test('one that ends by itself is said, and a restart starts it again', async () => {
  await fetch(`${service?.url}/end`).catch(() => undefined);
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
