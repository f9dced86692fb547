import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { assertPortFree, freePort } from './free-port';

const PROGRAM = `
const { freePort } = require(${JSON.stringify(require.resolve('@ticketing/servers'))});
const ports = async () => {
  const got = new Set();
  for (let n = 0; n < 300; n++) got.add(await freePort());
  console.log(JSON.stringify([...got]));
};
ports().then(() => process.stdin.once('data', () => process.exit()));
`;

test('a port is for one caller, also in another process, until the process ends', async () => {
  const others = [1, 2, 3].map(() => startOther());
  try {
    const taken = (await Promise.all(others.map(({ ports }) => ports))).flat();
    expect(new Set(taken).size).toBe(900);
    const own = await Promise.all(Array.from({ length: 300 }, freePort));
    expect(new Set([...taken, ...own]).size).toBe(1_200);
  } finally {
    await Promise.all(others.map(({ end }) => end()));
  }
});

test('a system gives it to nobody by itself, and it is free', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(30_000);
  await assertPortFree(port);
});

function startOther() {
  const running = promisify(execFile)(process.execPath, ['-e', PROGRAM]);
  const { child } = running;
  const ended = running.catch(() => undefined);
  const ports = new Promise<number[]>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(JSON.parse(text) as number[]);
    });
    running.catch(reject);
  });
  const end = async () => {
    child.stdin?.write('\n');
    await ended;
  };
  return { ports, end };
}
