import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishAddresses } from '@ticketing/start/addresses';
import { noteOwnServer, readOwnServer } from './own-server';
import { monitorAddress, serverAddress } from './server-address';

let dir: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'server-address-'));
  env = { TICKETING_DATA: dir };
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

/** Lets a server begin at this time. */
function begun(at: number, publish: () => () => void): () => void {
  jest.spyOn(Date, 'now').mockReturnValue(at);
  return publish();
}
const npmStart = (at: number, broker: 'streaming' | 'jetstream' = 'streaming') =>
  begun(at, () =>
    publishAddresses(dir, {
      ...{ pid: process.pid, url: 'http://localhost:1', mongoUrl: 'mongodb://localhost:2', broker },
      ...{ natsUrl: 'nats://127.0.0.1:3', natsClusterId: 'theirs', natsMonitorUrl: 'http://127.0.0.1:4' },
    }),
  );
const natsServer = (at: number) =>
  begun(at, () =>
    noteOwnServer(env, {
      ...{ broker: 'streaming', url: 'nats://127.0.0.1:5', clusterId: 'mine', monitorUrl: 'http://127.0.0.1:6' },
    }),
  );

test('where nothing runs it is the usual port', () => {
  expect(serverAddress({}, env)).toEqual({ broker: 'streaming', url: 'nats://localhost:4222', clusterId: 'ticketing' });
  expect(monitorAddress(undefined, env)).toBe('http://localhost:8222');
});

test('the newest server that runs here is taken, and which one is said', () => {
  npmStart(1);
  expect(serverAddress({}, env)).toEqual({
    ...{ broker: 'streaming', url: 'nats://127.0.0.1:3', clusterId: 'theirs' },
    note: 'this is the server of npm start, nats://127.0.0.1:3: services of a running system read it',
  });
  const gone = natsServer(2);
  expect(serverAddress({}, env)).toEqual({
    ...{ broker: 'streaming', url: 'nats://127.0.0.1:5', clusterId: 'mine' },
    note: 'this is the server of nats:server, nats://127.0.0.1:5, because it is newer than that of npm start, nats://127.0.0.1:3; --url names another',
  });
  expect(monitorAddress(undefined, env)).toBe('http://127.0.0.1:6');
  npmStart(3);
  expect(serverAddress({}, env)).toMatchObject({ url: 'nats://127.0.0.1:3', note: expect.stringContaining('newer') });
  expect(monitorAddress(undefined, env)).toBe('http://127.0.0.1:4');
  gone();
  expect(readOwnServer(env)).toBeUndefined();
});

test('a nats:server alone is taken without a word', () => {
  natsServer(1);
  expect(serverAddress({}, env)).toEqual({ broker: 'streaming', url: 'nats://127.0.0.1:5', clusterId: 'mine' });
});

test('what is named wins, and a server of another engine is not taken', () => {
  npmStart(2, 'jetstream');
  natsServer(1);
  expect(serverAddress({ url: 'nats://other:1' }, env)).toMatchObject({ url: 'nats://other:1' });
  expect(serverAddress({}, { ...env, NATS_URL: 'nats://other:2' })).toMatchObject({ url: 'nats://other:2' });
  expect(serverAddress({ url: 'nats://other:1' }, env)).not.toHaveProperty('note');
  expect(serverAddress({ broker: 'streaming' }, env)).toMatchObject({ url: 'nats://127.0.0.1:5' });
  expect(serverAddress({ broker: 'jetstream' }, env)).toMatchObject({ url: 'nats://127.0.0.1:3' });
});

test('where the note cannot be written nothing fails', () => {
  env = { TICKETING_DATA: join(dir, 'not', 'there') };
  natsServer(1)();
  expect(readOwnServer(env)).toBeUndefined();
});
