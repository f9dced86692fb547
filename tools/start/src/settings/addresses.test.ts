import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishAddresses, readAddresses } from './addresses';

const dir = mkdtempSync(join(tmpdir(), 'ticketing-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

const running = {
  pid: process.pid,
  url: 'http://127.0.0.1:3000',
  mongoUrl: 'mongodb://127.0.0.1:1',
  natsUrl: 'nats://127.0.0.1:2',
  natsClusterId: 'ticketing',
  broker: 'jetstream' as const,
};
const env = { TICKETING_DATA: dir };

test('what was published can be read until it is taken away', () => {
  expect(readAddresses(env)).toBeUndefined();
  const takeAway = publishAddresses(dir, running);
  expect(readAddresses(env)).toMatchObject(running);
  takeAway();
  expect(readAddresses(env)).toBeUndefined();
});

test('the addresses of a process that is gone are none', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  publishAddresses(dir, { ...running, pid });
  expect(readAddresses(env)).toBeUndefined();
});

test('the addresses of a process whose id is another one now are none', () => {
  publishAddresses(dir, running);
  const file = join(dir, 'addresses.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/("began": "\S+ )\d+"/, '$11"'));
  expect(readFileSync(file, 'utf8')).not.toBe(text);
  expect(readAddresses(env)).toBeUndefined();
});
