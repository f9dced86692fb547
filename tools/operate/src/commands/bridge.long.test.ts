import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { newId, waitFor } from '@ticketing/testing';
import { publishTickets, Sides, sortedIn } from '../bridge/sides.test.helper';
import { runCommand } from '../run-command.test.helper';

const MAIN = join(__dirname, '..', '..', 'dist', 'main.js');

let sides: Sides;
beforeEach(async () => {
  sides = await Sides.open();
});
afterEach(() => sides.close());

const forward = () => ['--from', sides.old.url, '--to', sides.next.url, '--ack-wait', '1000'];
const back = () => {
  const engines = ['--from-broker', 'jetstream', '--to-broker', 'streaming'];
  return ['--from', sides.next.url, '--to', sides.old.url, '--ack-wait', '1000', ...engines];
};
const untilDry = (args: string[]) => runCommand(['bridge', ...args, '--until-dry', '--json'], {});
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('killed three times in the middle, and started again: nothing is missing; then all the way back', async () => {
  const { from, to } = await sides.connect('');
  await publishTickets(from, Array.from({ length: 200 }, newId), 10);
  const copied = async () => {
    const extent = await to.extent('ticket:updated');
    return extent === 'empty' ? 0 : extent.held;
  };
  for (let kills = 0; kills < 3; kills += 1) {
    const before = await copied();
    const child = spawn(process.execPath, [MAIN, 'bridge', ...forward()], { stdio: 'ignore' });
    try {
      await waitFor(async () => (await copied()) > before, { timeoutMs: 60_000, everyMs: 20 });
    } finally {
      await killed(child);
    }
  }
  const ended = await untilDry(forward());
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
  expect(lastLine(ended.stdout)).toMatchObject({ dry: true, missing: 0, inHand: 0, away: [] });
  expect(await sortedIn(to)).toEqual(await sortedIn(from));

  await publishTickets(to, Array.from({ length: 5 }, newId), 3);
  expect(await untilDry(back())).toMatchObject({ code: 0 });
  const [here, there] = [await sortedIn(from), await sortedIn(to)];
  for (const [channel, payloads] of Object.entries(there)) {
    expect([...new Set(here[channel])]).toEqual([...new Set(payloads)]);
  }
});

test('stopped, it ends in order and says how far it came; with --again it begins with the first message', async () => {
  const { from } = await sides.connect('');
  await publishTickets(from, Array.from({ length: 20 }, newId), 2);
  const child = spawn(process.execPath, [MAIN, 'bridge', ...forward()], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await waitFor(() => said.includes('dry'), { timeoutMs: 60_000 });
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  // What is held up for an ack wait is copied once more, and was there.
  const [, copied, were = '0'] = /^copied (\d+)(?: \((\d+) were there\))?, 0 in hand; dry$/m.exec(said) ?? [];
  expect(Number(copied) - Number(were)).toBe(40);

  expect(lastLine((await untilDry(forward())).stdout)).toMatchObject({ copied: 0, dry: true });
  await sides.next.down();
  await sides.next.loseData();
  await sides.next.up();
  const { code, stdout } = await untilDry([...forward(), '--again']);
  const again = lastLine(stdout) as { readonly copied: number; readonly duplicates: number; readonly dry: boolean };
  expect({ code, dry: again.dry, copied: again.copied - again.duplicates }).toEqual({ code: 0, dry: true, copied: 40 });
});

test('wrong use: exit 2, a clear message, no password', async () => {
  const [nats, jetStream] = [sides.old.url, sides.next.url];
  await sides.connect(); // which makes the stream
  const cases: [string[], RegExp][] = [
    [['--to', jetStream], /required option '--from <url>' not specified/],
    [['--from', nats], /required option '--to <url>' not specified/],
    [['--from', 'nats://bob:se#cret@x', '--to', jetStream], /^--from \(BRIDGE_FROM\) must be an address such as/],
    [['--from', nats, '--to', 'http://bob:secret@x'], /^--to \(BRIDGE_TO\) must be an address such as/],
    [['--from', nats, '--to', 'nats://bob:secret@127.0.0.1:1'], /^JetStream cannot be reached at nats:\/\/127/],
    [['--from', nats, '--to', nats, '--to-broker', 'streaming'], /^Both sides are the same server/],
    [['--from', jetStream, '--to', jetStream, '--from-broker', 'jetstream'], /^Both sides are the same server/],
    [['--from', nats, '--to', jetStream, '--to-broker', 'kafka'], /argument 'kafka' is invalid/],
    [['--from', nats, '--to', jetStream, '--ack-wait', '5'], /must be a whole number from 1000/],
  ];
  const refused = async ([args, message]: [string[], RegExp]) => {
    const { code, stdout, stderr } = await runCommand(['bridge', ...args], {});
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(stderr).not.toMatch(/secret|cret@/);
  };
  for (const each of cases) await refused(each); // each has five seconds to connect
});
