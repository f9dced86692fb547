import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadLetterStore } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import { OperatedSystem } from '../operated-system.test.helper';
import { runCommand } from '../run-command.test.helper';

const dir = mkdtempSync(join(tmpdir(), 'audit-'));
let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
  await system.traffic('concert');
  await system.quiet();
});
afterAll(async () => {
  await system.close();
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]) => runCommand(['audit', ...args], system.env);

function fileOf(lines: readonly string[]): string {
  const file = join(dir, 'promises.jsonl');
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** The subscriptions with which the command reads a channel from its first message on, at this moment. */
async function readingsOf(channel: string): Promise<string[]> {
  const response = await fetch(`${system.monitorUrl}/streaming/channelsz?subs=1&channel=${channel}`);
  const { subscriptions = [] } = (await response.json()) as {
    subscriptions?: { client_id: string; inbox: string; max_inflight: number }[];
  };
  const reads = subscriptions.filter(({ client_id, max_inflight }) => client_id.startsWith('ops-') && max_inflight > 1);
  return reads.map(({ inbox }) => inbox);
}

test('it says what was compared, with the promises of a file, and exits with 0', async () => {
  const file = fileOf(system.promises.map((promised) => JSON.stringify(promised)));
  const { code, stdout, stderr } = await run('--promises', file);
  expect({ code, stdout, stderr }).toEqual({
    ...{ code: 0, stderr: '' },
    stdout: 'Everything agrees: compared 1 tickets, 2 orders, 8 events, 0 payments and 5 promises.\n',
  });
});

test.each([
  ['a file that is not there', undefined, 'ENOENT'],
  ['a line that is not JSON', ['', 'nonsense'], 'line 2 is no promise: SyntaxError'],
  ['a line that is another thing', ['{"what":"ticket","id":"x"}'], 'line 1 is no promise: ✖ expected 24 hexadecimal'],
])('%s: exit 2 and what is wrong', async (_name, lines, message) => {
  const file = lines ? fileOf(lines) : join(dir, 'none.jsonl');
  const { code, stdout, stderr } = await run('--json', '--promises', file);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test('what disagrees is said, exit 1; with --settle it looks again until that is over', async () => {
  const store = deadLetterStore(system.databases.tickets);
  const origin = { group: 'tickets-service', channel: 'order:created', sequence: 7, storedAt: 1 };
  await store.put(origin, 'not-json', 'no JSON', 0, 'no JSON');
  const id = 'tickets-service|order:created|7|1';
  const found = await run();
  expect({ code: found.code, lines: found.stdout.split('\n') }).toEqual({
    code: 1,
    lines: [
      'disagreement  what',
      `dead-letter   tickets has the dead letter ${id} (not-json): no JSON`,
      '',
      '1 disagreements: compared 1 tickets, 2 orders, 8 events, 0 payments and 0 promises.',
      '',
    ],
  });
  const settling = run('--settle', '60000');
  const readings = new Set<string>();
  // The second reading of a channel is a second look: the first one was over, and had found the letter.
  const hasLookedTwice = async () => {
    (await readingsOf('ticket:created')).forEach((reading) => readings.add(reading));
    return readings.size > 1;
  };
  await waitFor(hasLookedTwice, { timeoutMs: 50_000, everyMs: 10, what: 'a second look' });
  await store.drop(id);
  expect(await settling).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Everything agrees/) });
});
