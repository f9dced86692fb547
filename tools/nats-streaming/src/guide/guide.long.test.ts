import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, withoutScript } from '@ticketing/servers';
import { Likeness } from './likeness.test.helper';
import { readGuide, type Step } from './read-guide.test.helper';
import { Terminal } from './terminal.test.helper';

const ROOT = join(__dirname, '..', '..', '..', '..');

const GUIDE = readGuide(readFileSync(join(ROOT, 'docs', 'nats-streaming.md'), 'utf8'));
const needsCluster = ({ terminal }: Step) => terminal.startsWith('cluster');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guide-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** The project that a reader makes. */
const OWN_PROJECT = { terminal: 'mine', folder: 'nats-test' };

/** The ports of the guide, and those used instead now. */
interface Ports {
  readonly client: string;
  readonly monitor: string;
}

/** Follows the steps in their terminals. @throws Error with the line of the guide that is wrong */
async function follow(steps: readonly Step[], ports: Ports, env: NodeJS.ProcessEnv): Promise<void> {
  const here = (text: string) => text.replaceAll('4222', ports.client).replaceAll('8222', ports.monitor);
  const inGuide = (line: string) => line.replaceAll(ports.client, '4222').replaceAll(ports.monitor, '8222').trimEnd();
  const likeness = new Likeness();
  const terminals = new Map<string, Terminal>();
  try {
    for (const step of steps) {
      if (step.file !== undefined) {
        const file = join(dir, step.file);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, step.expected.map((line) => `${here(line)}\n`).join(''));
        continue;
      }
      const [cwd, vars] =
        step.terminal === OWN_PROJECT.terminal ? [join(dir, OWN_PROJECT.folder), withoutScript(env)] : [ROOT, env];
      const terminal = terminals.get(step.terminal) ?? new Terminal(cwd, vars, likeness, inGuide);
      terminals.set(step.terminal, terminal);
      // npm's own two lines are left out in the guide, as it says.
      const command = here(likeness.translate(step.run ?? '')).replaceAll('npm run ', 'npm run -s ');
      await terminal.follow(step, command);
    }
    terminals.forEach((terminal) => terminal.assertNothingMore());
  } finally {
    await Promise.all([...terminals.values()].map((terminal) => terminal.close()));
  }
}

test('each command of docs/nats-streaming.md prints what the guide says, in the order of the guide', async () => {
  const steps = GUIDE.filter((step) => !needsCluster(step));
  expect(steps.filter(({ run }) => run !== undefined).length).toBeGreaterThan(30);
  const ports = { client: String(await freePort()), monitor: String(await freePort()) };
  await follow(steps, ports, {
    ...{ ...process.env, TICKETING_DATA: dir, NATS_PORT: ports.client, NATS_MONITOR_PORT: ports.monitor },
    ...{ NATS_URL: '', NATS_MONITOR_URL: '', NATS_CLUSTER_ID: '' }, // the server of the guide is found
  });
}, 600_000);

// It uses the ports of the guide, so nothing else may listen there. So it is not part of each run.
const onCluster = process.env['GUIDE_ON_CLUSTER'] ? test : test.skip;
onCluster(
  'so do those that need a cluster with the system in it',
  async () => {
    const ports = { client: '4222', monitor: '8222' };
    const addresses = { NATS_URL: '', NATS_MONITOR_URL: '', NATS_CLUSTER_ID: '' };
    await follow(GUIDE.filter(needsCluster), ports, { ...process.env, ...addresses, TICKETING_DATA: dir });
  },
  300_000,
);
