import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@ticketing/servers';
import { cleanUp, dataDir, start } from './npm-start.test.helper';

jest.setTimeout(300_000);
afterEach(cleanUp);

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The first three lines of the README's block, then the blocks of the exercise. */
function exercise(): readonly string[] {
  const [, pasted = ''] = /## Try it[^]*?\n```\n([^]*?)\n```/.exec(read('README.md')) ?? [];
  const [, section = ''] = read('docs/concurrency.md').split('## Concurrency control with the tickets app\n');
  const blocks = [...section.matchAll(/```sh\n([^]*?)\n```/g)].map(([, block = '']) => block);
  return [pasted.split('\n').slice(0, 3).join('\n'), ...blocks];
}

test('concurrency control with the tickets app: what docs/concurrency.md says is what happens', async () => {
  const env = { PORT: String(await freePort()), TICKETING_DATA: dataDir() };
  const system = start(env);
  await system.said(/Ctrl-C stops everything/);
  // A line between the blocks; `ops -- parked` exits with 1 where something is parked.
  const script = exercise().join('\necho ======\n');
  const more = { NATS_URL: '', MONGO_URI: '', NATS_CLUSTER_ID: '', BROKER: '' };
  const { stdout } = await promisify(execFile)('bash', ['-c', `(${script}) 2>&1 | cat`], {
    ...{ cwd: ROOT, env: { ...process.env, ...more, ...env } },
  });
  const [, sold = '', applied, matched, both = '', orders = '', last = ''] = stdout.split('======\n');

  const ticket = (JSON.parse(sold.split('\n')[0] ?? '') as { id: string }).id;
  expect(sold).toMatch(
    new RegExp(`^this is the server of npm start, nats://127[^]*^${ticket} +ticket:updated +2 .*version 1`, 'm'),
  );
  expect(applied).toBe('200\n200\nNothing is parked.\n');
  expect(matched).toBe('200\n412\n');
  expect(both).toMatch(/^200\n200\n\{.*"version":5.*\}\n$/);
  expect(orders.trim().split('\n').sort()).toEqual(['201', ...Array.from({ length: 9 }, () => '409')]);
  const second = [...last.matchAll(/^(\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json) as Record<string, unknown>);
  expect(second.map(({ id }) => id)).toEqual([expect.any(String), ticket]);
  expect(second[1]?.['orderId']).toBe(second[0]?.['id']);
  expect(last).toMatch(/agree/);

  const told = system
    .output()
    .split('\n')
    .filter((line) => line.startsWith('orders') && line.includes(ticket));
  const steps = told.map((line) => /\] (\w+) +ticket:updated \w+ version ([12])$/.exec(line)?.slice(1).join(' '));
  expect(steps.filter(Boolean).sort()).toEqual(['applied 1', 'applied 2', 'parked 2', 'seen 2']);
});
