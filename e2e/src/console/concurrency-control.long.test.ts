import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { waitFor } from '@ticketing/testing';
import type { Browser } from 'puppeteer-core';
import { chromium, launchBrowser, withBrowser } from '../api/browser.helper';
import { ConsolePage } from './console-page.helper';
import { type NpmStart, npmStart } from './npm-start.helper';

jest.setTimeout(400_000);

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The first three lines of the README's block. */
const [, TRY_IT = ''] = /## Try it[^]*?\n```\n((?:.*\n){3})/.exec(read('README.md')) ?? [];

/** A block of the exercise, and what its text quotes from the console. */
interface Step {
  readonly pasted: string;
  readonly seen: readonly string[];
}

function exercise(): readonly Step[] {
  const [, section = ''] = read('docs/concurrency.md').split('## Concurrency control with the tickets app\n');
  return [...section.matchAll(/```sh\n([^]*?)```\n([^]*?)(?=```sh|$)/g)].map(([, pasted = '', text = '']) => {
    const [, quoting = ''] = /\*\*In the console:\*\*([^]*?)(?:\n\n|$)/.exec(text) ?? [];
    return { pasted, seen: [...quoting.matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted) };
  });
}

/** A shell that a reader types into. */
class Shell {
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private output = '';

  constructor(env: NodeJS.ProcessEnv) {
    // `tee /dev/stderr` cannot open the socket that Node makes for a child.
    const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
    this.process = spawn('bash', ['-c', 'bash 2>&1 | cat'], { cwd: ROOT, env: { ...process.env, ...env }, stdio });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
  }

  /** Resolves to what the lines print, when they are done. */
  async paste(lines: string): Promise<string> {
    const before = this.output.length;
    this.process.stdin.write(`{\n${lines}\n} < /dev/null\necho ======\n`);
    await waitFor(() => this.output.slice(before).includes('======\n'), { timeoutMs: 60_000, what: lines });
    return this.output.slice(before).replace('======\n', '');
  }

  close(): void {
    this.process.stdin.end();
  }
}

let system: NpmStart | undefined;
let browser: Browser | undefined;
let shell: Shell | undefined;
const printed: string[] = [];
let log: readonly string[] = [];

/** Pastes a line again until it prints this: the look within a block may come before an event has arrived. */
async function printsSoon(line: string, beginning: string): Promise<void> {
  const prints = async () => {
    const answer = await shell?.paste(line);
    if (answer?.startsWith(beginning)) return true;
    throw new Error(answer);
  };
  await waitFor(prints, { timeoutMs: 60_000, what: line });
}

beforeAll(async () => {
  system = await npmStart();
  const addresses = { NATS_URL: '', MONGO_URI: '', NATS_CLUSTER_ID: '', BROKER: '' };
  shell = new Shell({ ...addresses, PORT: new URL(system.url).port, TICKETING_DATA: system.dataDir });
  await shell.paste(TRY_IT);
  if (chromium !== undefined) browser = await launchBrowser();
  const console = browser && (await ConsolePage.open(browser, system.url));
  for (const { pasted, seen } of exercise()) {
    printed.push(await shell.paste(pasted));
    if (/^edit 40\n.*parked/m.test(pasted)) await printsSoon('npm run -s ops -- parked', 'Nothing is parked.\n');
    for (const text of seen) await console?.shows(text);
  }
  await printsSoon('call $API/tickets/$TICKET | grep -cF "\\"orderId\\":\\"$SECOND\\""', '1\n');
  await printsSoon('npm run -s audit', 'Everything agrees');
  for (const text of ['saved ticket:updated v7', 'saved ticket:updated v8']) await console?.shows(text);
  log = (await console?.log()) ?? [];
});
afterAll(async () => {
  shell?.close();
  await browser?.close();
  await system?.close();
});

test('the commands of docs/concurrency.md do what it says', () => {
  const [sold = '', applied, matched, both = '', orders = '', last = ''] = printed;
  const ticket = (JSON.parse(sold.split('\n')[0] ?? '') as { id: string }).id;
  expect(sold).toMatch(
    new RegExp(`^this is the server of npm start, nats://127[^]*^${ticket} +ticket:updated +2 .*version 1`, 'm'),
  );
  expect(applied).toMatch(/^200\n200\n/);
  expect(matched).toBe('200\n412\n');
  expect(both).toMatch(/^200\n200\n\{.*"version":5.*\}\n$/);
  expect(orders.trim().split('\n').sort()).toEqual(['201', ...Array.from({ length: 9 }, () => '409')]);
  const second = [...last.matchAll(/^(\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json) as Record<string, unknown>);
  expect(second.map(({ id }) => id)).toEqual([expect.any(String), ticket]);

  const told = (system as NpmStart).output().split('\n');
  const steps = told
    .filter((line) => line.startsWith('orders') && line.includes(ticket))
    .map((line) => /\] (\w+) +ticket:updated \w+ version ([12])$/.exec(line)?.slice(1).join(' '));
  expect(steps.filter(Boolean).sort()).toEqual(['applied 1', 'applied 2', 'parked 2', 'seen 2']);
});

withBrowser('the console has shown what the text quotes, and nothing of what was refused', () => {
  expect(exercise().map(({ seen }) => seen.length > 0)).toEqual(Array.from({ length: 6 }, () => true));
  const saved = log.flatMap((line) => /saved ticket:updated v(\d+)/.exec(line)?.slice(1) ?? []);
  expect(saved.sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  expect(log.filter((line) => line.includes('saved order:created'))).toHaveLength(2);
  expect(log).toContainEqual(expect.stringMatching(/published ticket:updated v2 .* outside/));
});
