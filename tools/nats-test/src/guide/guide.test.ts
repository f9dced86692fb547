import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@ticketing/servers';
import { Likeness } from './likeness.test.helper';
import { readGuide } from './read-guide.test.helper';
import { Terminal } from './terminal.test.helper';

const ROOT = join(__dirname, '..', '..', '..', '..');

/** Needs a cluster: these blocks are run by hand. */
const CLUSTER = 'cluster';

test('each command of docs/nats-streaming.md prints what the guide says, in the order of the guide', async () => {
  const steps = readGuide(readFileSync(join(ROOT, 'docs', 'nats-streaming.md'), 'utf8'));
  const mine = steps.filter(({ terminal }) => terminal !== CLUSTER);
  expect(mine.filter(({ run }) => run !== undefined).length).toBeGreaterThan(20);
  const [port, monitor] = [String(await freePort()), String(await freePort())];
  const dir = mkdtempSync(join(tmpdir(), 'guide-'));
  const env = {
    ...{ ...process.env, TICKETING_DATA: dir, NATS_PORT: port, NATS_MONITOR_PORT: monitor, NO_COLOR: '1' },
    ...{ NATS_URL: `nats://localhost:${port}`, NATS_MONITOR_URL: `http://localhost:${monitor}`, NATS_CLUSTER_ID: '' },
  };
  const here = (text: string) => text.replaceAll('4222', port).replaceAll('8222', monitor);
  const inGuide = (line: string) => line.replaceAll(port, '4222').replaceAll(monitor, '8222').trimEnd();
  const likeness = new Likeness();
  const terminals = new Map<string, Terminal>();
  try {
    for (const step of mine) {
      const terminal = terminals.get(step.terminal) ?? new Terminal(ROOT, env, likeness, inGuide);
      terminals.set(step.terminal, terminal);
      // npm's own two lines are left out in the guide, as it says.
      const command = here(likeness.translate(step.run ?? '')).replaceAll('npm run ', 'npm run -s ');
      await terminal.follow(step, command);
    }
    terminals.forEach((terminal) => terminal.assertNothingMore());
  } finally {
    await Promise.all([...terminals.values()].map((terminal) => terminal.close()));
    rmSync(dir, { recursive: true });
  }
}, 600_000);
