import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testServers, waitFor } from '@ticketing/testing';
import { isAlive } from '@ticketing/servers';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-test-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

interface LabTest {
  /** When it says this, it gets a Ctrl-C. */
  readonly interruptAt?: RegExp;
  readonly onInterrupt?: (child: ChildProcess) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/** The program of `npm run lab` as a process of its own. */
async function lab(args: string[], { interruptAt, onInterrupt, env }: LabTest = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, MONGO_URI: testServers().mongoUrl, NATS_URL: '', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (!interruptAt?.test(stderr) || child.killed) return;
    onInterrupt?.(child);
    child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

interface Started {
  readonly pid: number;
  readonly command: string;
}

function childrenOf(parent: number | undefined): Started[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, command = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : [];
  });
}

test('prints figures as JSON and nothing else, and writes the page', async () => {
  const html = join(dir, 'lab.html');
  const story = ['--seed', '5', '--aggregates', '2', '--events', '6', '--strategy', 'naive', 'versioned'];
  const { natsUrl, natsClusterId, engine } = testServers();
  // A server that does not drop a client which stands still.
  const env = { NATS_URL: natsUrl, NATS_CLUSTER_ID: natsClusterId };
  const { code, stdout, stderr } = await lab(['--json', '--html', html, '--broker', engine, ...story], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('naive ...') });
  const figures = JSON.parse(stdout);
  expect(figures).toMatchObject({ seed: 5, aggregates: 2, eventsEach: 6, failures: [] });
  expect(figures.strategies.map(({ name }: { name: string }) => name)).toEqual(['naive', 'versioned']);
  expect(figures.strategies[0].disorder.anomalies.total).toBeGreaterThan(0);
  expect(figures.strategies[1]).toMatchObject({
    undisturbed: { anomalies: { total: 0 }, eventsPerSecond: expect.any(Number), p99LagMs: expect.any(Number) },
    disorder: { anomalies: { total: 0 }, endedRight: 2, crashes: 1 },
  });
  expect(figures.stall).toMatchObject([{ name: 'versioned', stalled: false }]);
  const page = readFileSync(html, 'utf8');
  expect(page).not.toMatch(/https?:\/\//);
  expect(page.match(/data-strategy=/g)).toHaveLength(6);
});

test('a wrong command line starts nothing and ends with 2', async () => {
  // A start of a server would search this cache, and the log would say so.
  const cache = join(dir, 'cache');
  const { code, stdout, stderr } = await lab(['--strategy', 'hope'], {
    env: { MONGO_URI: '', TICKETING_CACHE: cache },
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Allowed choices are naive, one-consumer/);
  expect(stderr).not.toContain('MongoDB');
  expect(existsSync(cache)).toBe(false);
});

test('Ctrl-C stops the servers and ends with 130', async () => {
  let started: Started[] = [];
  const { code, stdout, stderr } = await lab([], {
    interruptAt: /one-consumer/,
    onInterrupt: ({ pid }) => (started = childrenOf(pid)),
    env: { MONGO_URI: '' },
  });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain('stopping');
  const commands = started.map(({ command }) => command).join('\n');
  expect(commands).toMatch(/nats-streaming-server/);
  expect(started.length).toBeGreaterThanOrEqual(3); // MongoDB, NATS Streaming and their guard
  const servers = started.filter(({ command }) => !command.includes('guard-program'));
  expect(servers.filter(({ pid }) => isAlive(pid))).toEqual([]); // it has waited for them, and not left them to the guard
  await waitFor(() => !started.some(({ pid }) => isAlive(pid)), {
    timeoutMs: 20_000,
    what: 'the end of what it started',
  });
});

test('its help to a full device says so, and is a failure', () => {
  const args = ['-c', 'exec "$0" "$1" --help >/dev/full', process.execPath, MAIN];
  const { status, stderr } = spawnSync('/bin/bash', args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^standard output cannot be written: ENOSPC.*\n$/)]);
});
