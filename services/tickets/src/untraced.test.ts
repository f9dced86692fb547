import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestBed } from '@ticketing/testing';
import { freePort } from '@ticketing/servers';

// The service as a separate process. When it is ready it prints what it has loaded, and stops itself.
const PROGRAM = `
const hooks = require('node:async_hooks');
let storages = 0;
hooks.AsyncLocalStorage = class extends hooks.AsyncLocalStorage {
  constructor(...args) {
    super(...args);
    storages += 1;
  }
};
require(process.argv[1]);
const ask = (path) => fetch('http://127.0.0.1:' + process.env.PORT + path).catch(() => undefined);
const look = async () => {
  if ((await ask('/readyz'))?.status !== 200) return setTimeout(look, 50);
  await (await ask('/api/tickets')).text();
  const packages = Object.keys(require.cache).flatMap((file) => /@opentelemetry\\/([^/]+)/.exec(file)?.[1] ?? []);
  process.stdout.write(JSON.stringify({ packages: [...new Set(packages)].sort(), storages }));
  process.kill(process.pid, 'SIGTERM');
};
void look();
`;

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.open();
});
afterAll(() => bed.close());

async function loaded(env: NodeJS.ProcessEnv): Promise<{ packages: string[]; storages: number }> {
  const settings = { ...bed.env(), PATH: process.env['PATH'], PORT: String(await freePort()), ...env };
  const main = join(__dirname, '../dist/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM, main], {
    env: settings,
    timeout: 30_000,
  });
  return JSON.parse(stdout) as { packages: string[]; storages: number };
}

test('without an OTEL_ variable no SDK is loaded, and nothing follows what is asynchronous', async () => {
  // prom-client needs the API as well.
  expect(await loaded({})).toEqual({ packages: ['api'], storages: 0 });
});

test('with one they are, and a receiver that never answers does not keep the process from stopping with 0', async () => {
  const hanging = createServer().listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  const { packages, storages } = await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  hanging.close();
  expect(packages).toEqual(expect.arrayContaining(['sdk-trace-base', 'exporter-trace-otlp-proto']));
  expect(storages).toBe(1);
});
