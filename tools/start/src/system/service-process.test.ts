import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import { openUntil } from '@ticketing/testing';
import { NODE_ARGS, type ServiceProcessOptions, startServiceProcess } from './service-process';

const dir = mkdtempSync(join(tmpdir(), 'service-process-'));
afterAll(() => rmSync(dir, { recursive: true }));
const open = openUntil(afterEach);
const start = async (options: ServiceProcessOptions) =>
  open(await startServiceProcess(options), (opened) => opened.kill());

/** A small program instead of a service: a real process with a real HTTP server. */
function program(source: string): string {
  const file = join(dir, `${Math.random().toString(36).slice(2)}.cjs`);
  writeFileSync(file, `const http = require('node:http');\n${source}`);
  return file;
}

const ready = `
  const from = Date.now();
  console.log('to stdout ' + process.env.GIVEN); console.error('to stderr');
  http.createServer((q, s) => { s.statusCode = Date.now() - from < 300 ? 503 : 200; s.end(q.url); }).listen(process.env.PORT);`;

test('it is there when /readyz answers 200, with its lines, and stop resolves with its exit code', async () => {
  const lines: string[] = [];
  const started = Date.now();
  const service = await start({
    name: 'tickets',
    env: { GIVEN: 'this' },
    log: (line) => lines.push(line),
    program: program(`${ready} process.on('SIGTERM', () => process.exit(7));`),
  });
  expect(Date.now() - started).toBeGreaterThanOrEqual(300);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect(lines.sort()).toEqual(['to stderr', 'to stdout this']);
  expect(await service.stop()).toBe(7);
  expect(await service.exited).toBe(7);
  expect(await service.stop()).toBe(7);
});

delete process.env['NODE_COMPILE_CACHE']; // of whoever runs the tests
test.each([
  ['in the cache', {}, join(cacheDir(process.env), 'compiled')],
  ['where NODE_COMPILE_CACHE says', { NODE_COMPILE_CACHE: dir }, dir],
])('its compiled code is kept %s', async (_, env, place) => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await start({ name: 'tickets', env, log, program: program(`console.log(process.env.NODE_COMPILE_CACHE); ${ready}`) });
  expect(lines).toContain(place);
});

test('PORT is kept when it is given, and kill is SIGKILL', async () => {
  const service = await start({ name: 'orders', env: {}, program: program(ready) });
  const port = new URL(service.url).port;
  await service.kill();
  expect(await service.exited).toBeNull();
  const again = await start({ name: 'orders', env: { PORT: port }, program: program(ready) });
  expect(again.url).toBe(service.url);
});

test('one that exits before it is ready is an error with its last lines, the cause last', async () => {
  const dies = program(`console.error('starting'); console.error('MONGO_URI is missing'); process.exit(1);`);
  await expect(start({ name: 'tickets', env: {}, program: dies })).rejects.toThrow(
    /^starting\nMONGO_URI is missing\ntickets exited with 1 before it was ready: MONGO_URI is missing$/,
  );
});

test('one that does not become ready in time is an error with its answer, and does not stay', async () => {
  const never = program(`console.log(process.pid);
    http.createServer((q, s) => { s.statusCode = 503; s.end('not yet'); }).listen(process.env.PORT);`);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const starting = start({ name: 'tickets', env: {}, log, program: never, readyWithinMs: 8_000 });
  await expect(starting).rejects.toThrow('tickets was not ready within 8 s: /readyz answered 503 not yet');
  expect(() => process.kill(Number(lines[0]), 0)).toThrow('ESRCH');
});

test('what it waits for is said last, with the reason', async () => {
  const away = { level: 40, msg: 'MongoDB cannot be reached: trying again', reason: 'connect ECONNREFUSED' };
  const waits = program(`console.log('${JSON.stringify(away)}'); for (let n = 0; n < 20; n++) console.log('asked');
    http.createServer((q, s) => { s.statusCode = 503; s.end(); }).listen(process.env.PORT);`);
  const starting = start({ name: 'orders', env: {}, log: () => {}, program: waits, readyWithinMs: 8_000 });
  await expect(starting).rejects.toThrow(
    'orders was not ready within 8 s: MongoDB cannot be reached: connect ECONNREFUSED',
  );
});

test.each(['Dockerfile', ...serviceNames.map((name) => `services/${name}/package.json`)])(
  'the memory of a service is bounded the same way in %s',
  (file) => {
    const text = readFileSync(join(__dirname, '..', '..', '..', '..', file), 'utf8');
    const bounds = NODE_ARGS.filter((arg) => arg.includes('-space-size='));
    expect(bounds).toHaveLength(2);
    for (const bound of bounds) expect(text).toContain(bound);
  },
);
