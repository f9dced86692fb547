import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openUntil, testServers, waitFor } from '@ticketing/testing';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
const open = openUntil(afterEach);

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  readonly said: () => string;
}

/** The program, on the system of the tests. */
function start(...options: readonly string[]): Started {
  const { mongoUrl, natsUrl, natsClusterId, engine } = testServers();
  const system = ['--mongo', mongoUrl, '--nats', natsUrl, '--cluster-id', natsClusterId, '--broker', engine];
  const child = spawn(process.execPath, [MAIN, ...system, ...options]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  return { child, exited: once(child, 'close'), said: () => said };
}

/** What the program answers its own page that asks for an act which there is not, and so does nothing. */
async function statusOfAct(...options: readonly string[]): Promise<number> {
  const { child, exited, said } = start('--port', '0', ...options);
  try {
    const isReady = () => said().includes('http://') || child.exitCode !== null;
    await waitFor(isReady, { timeoutMs: 60_000, what: 'the console to be ready' });
    const [url] = /http:\/\/localhost:\d+/.exec(said()) ?? [];
    if (url === undefined) throw new Error(`the console has ended:\n${said()}`);
    const [, token = ''] = /name="console-token" content="([^"]+)"/.exec(await (await fetch(url)).text()) ?? [];
    const headers = { origin: url, 'x-console-token': token };
    return (await fetch(`${url}/console/acts/nothing`, { method: 'POST', headers })).status;
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

test('on another system the page only reads, unless the program is started with --act', async () => {
  expect(await statusOfAct()).toBe(403);
  expect(await statusOfAct('--act')).toBe(422);
});

test('a port that is taken is told in a sentence, with what to do', async () => {
  const other = open(createServer().listen(0, '127.0.0.1'), (opened) => opened.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { exited, said } = start('--port', `${port}`);
  expect([await exited, said()]).toEqual([
    [2, null],
    `Port ${port} is taken. Choose another by --port; 0 takes a free one.\n`,
  ]);
});
