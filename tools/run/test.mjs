import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build, ROOT, say } from './processes.mjs';

/** A suite that is long by nature has its kind in its name, *.long.test.ts: `npm test` leaves it out. */
const SHORT = [];
const LONG = ['--config', 'jest.long.config.cjs'];

/** Suites that mean any broker. `npm test` runs them on NATS Streaming, and `brokerConformance` on both. */
const ON_ANY_BROKER = ['e2e/src/(trade|outages|model)/', 'packages/common/src/(consumer|outbox)/'];
const ENGINES = ['streaming', 'jetstream'];

/**
 * The Nodes that get fixes, and the suites that would notice what another one does otherwise. Each takes a third of them, each
 * day another one; with TEST_EVERY_NODE each takes all.
 */
const NODES = ['22.23.3', '24.21.0', '26.12.1'];
const ON_ANY_NODE = ['packages/common/', 'services/orders/', 'e2e/src/trade/reserve-ticket'];

/** Takes `--broker NAME` out of the arguments for the whole run, as TEST_BROKER. The rest is for jest. */
function takeBroker(args) {
  const at = args.findIndex((arg) => /^--broker(=|$)/.test(arg));
  if (at < 0) return args;
  const [, inArgument] = args[at].split('=');
  const broker = inArgument ?? args[at + 1];
  if (!ENGINES.includes(broker)) {
    say(`--broker must be ${ENGINES.join(' or ')}`);
    process.exit(2);
  }
  process.env['TEST_BROKER'] = broker;
  return args.toSpliced(at, inArgument === undefined ? 2 : 1);
}

/**
 * The long suites; then, unless some were named, those for any broker on the second engine, and those for any Node. These runs wait
 * more than they work, so they go side by side.
 */
export async function testLong(args) {
  const engine = process.env['TEST_BROKER'];
  await test(args, { kind: LONG, style: false });
  if (engine !== undefined || args.length > 0) return;
  const others = NODES.filter((node) => majorOf(node) !== majorOf(process.versions.node));
  say(`Testing on JetStream, and side by side on Node ${others.map(majorOf).join(', ')} ...`);
  const few = `--maxWorkers=${availableParallelism()}`;
  const onJetStream = { quiet: true, env: { TEST_BROKER: 'jetstream' } };
  const told = async (where, running) => [where, await running];
  const runs = [told('on JetStream', runJest([...ON_ANY_BROKER, few], onJetStream))];
  for (const version of others) {
    const node = await otherNode(version);
    if (node === undefined) process.stdout.write('0 passed, 0 failed, 1 skipped\n');
    else {
      const running = runJest([...ON_ANY_NODE, few, ...partOf(version)], { quiet: true, node });
      runs.push(told(`on Node ${version}`, running));
    }
  }
  for (const [where, run] of await Promise.all(runs)) {
    say(`${run.said}\nThat was ${where}.`);
    process.exitCode = Math.max(process.exitCode, report(run, []));
  }
}

const majorOf = (version) => version.split('.')[0];

function partOf(version) {
  const today = Math.floor(Date.now() / 86_400_000);
  const part = ((NODES.indexOf(version) + today) % NODES.length) + 1;
  return process.env['TEST_EVERY_NODE'] ? [] : [`--shard=${part}/${NODES.length}`];
}

/** Without the network the Node may not be there: then this says so, and returns undefined. */
async function otherNode(version) {
  const { nodeOf } = createRequire(import.meta.url)(join(ROOT, 'packages/servers/dist/index.js'));
  return nodeOf(version, { env: process.env, log: say }).catch((error) => void say(error.message));
}

/** Runs the suites, one kind after the other, and style checks beside them; one line at the end has the result of all. */
export async function test(given, { kind = SHORT, style = true } = {}) {
  const args = takeBroker(given);
  say('Building ...');
  const built = build();
  if (built !== 0) {
    process.stdout.write('0 passed, 0 failed\n');
    process.exit(built);
  }
  say(style ? 'Testing, and checking style beside it ...' : 'Testing ...');
  const checks = style ? checkStyle() : [];
  const run = await runJest([...kind, ...args]);
  process.exitCode = report(run, await Promise.all(checks));
}

/** The first two remember, by content, the files that were right. prettier looks for a folder at `.cache/prettier`, so its file has another name. */
function checkStyle() {
  const cache = (name) => ['--cache', '--cache-strategy', 'content', '--cache-location', `node_modules/.cache/${name}`];
  return [
    beside('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0', ...cache(`eslint-${declarations()}`)]),
    beside('node_modules/prettier/bin/prettier.cjs', [
      '--check',
      '--log-level',
      'warn',
      ...cache('prettier-files'),
      '.',
    ]),
    beside('tools/run/check-links.mjs', []),
  ];
}

/** Stands for all types that files have of each other: with other types eslint may find something in a file that is the same. */
function declarations() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  const { references } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  const services = readdirSync(join(ROOT, 'services')).map((name) => join('services', name));
  for (const path of [...references.map((reference) => reference.path), ...services]) {
    const dist = join(ROOT, path, 'dist');
    if (!existsSync(dist)) continue; // a reference that is a list of references, or a file
    const types = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.d.ts'));
    for (const file of types.sort()) hash.update(file).update(readFileSync(join(dist, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A third of the weight of a test: at the lowest priority (19) a tool would hardly ever end on a machine that is busy with something else. */
const BESIDE_TESTS = 5;

/** Starts a tool that leaves most of the processor to the tests. */
function beside(file, args) {
  const child = spawn(process.execPath, [join(ROOT, file), ...args], { cwd: ROOT });
  setPriority(child.pid, BESIDE_TESTS);
  return ended(child);
}

/** Runs jest on this Node, or another. Returns what it says of its tests, its exit code, and what it printed if it was to be quiet. */
async function runJest(args, { node = process.execPath, env = {}, quiet = false } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'ticketing-test-'));
  const file = join(dir, 'result.json');
  const command = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${file}`, ...args];
  const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
  const { code, said } = await ended(spawn(node, command, { cwd: ROOT, stdio, env: { ...process.env, ...env } }));
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  rmSync(dir, { recursive: true, force: true });
  return { result, code, said };
}

/** Resolves when a process has ended, to its exit code and what it printed to pipes. */
async function ended(child) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  return { code: code ?? 130, said };
}

/** What needs no cluster; then, on the cluster that KUBECONFIG names, what needs one. There a skipped test is a failure. */
export async function testK8s(args) {
  await test(['infra/k8s/test/', 'tools/kubernetes/']);
  if (!process.env['KUBECONFIG']) return say('KUBECONFIG is not set: the tests on a real cluster are left out.');
  if (process.exitCode !== 0) return say('The tests on the cluster are not begun.');
  say('Testing on the cluster ...');
  const { result, code } = await runJest(['--config', 'infra/k8s/test/jest.cluster.config.cjs', ...args]);
  const skipped = (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0) > 0 ? 1 : 0;
  process.exitCode = report({ result, code: Math.max(code, skipped) }, []);
}

/** Prints the slowest suites, what the checks found, and the one line of the result; returns the exit code. */
function report({ result, code }, checks) {
  const passed = result.numPassedTests ?? 0;
  // A suite that could not be run has no tests to count, but it failed.
  const failed = (result.numFailedTests ?? 0) + (result.numRuntimeErrorTestSuites ?? 0);
  const skipped = (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0);
  tellSlowest(result.testResults ?? []);
  for (const { said } of checks) process.stderr.write(said);
  if (checks[0]?.code) say('eslint found problems: see above.');
  if (checks[1]?.code) say('Some files are not formatted: npm run format');
  if (checks[2]?.code) say('Some links lead nowhere: see above.');
  if (passed + failed === 0) say('No test was run.');
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return failed > 0 || passed === 0 ? 1 : Math.max(code, ...checks.map((check) => check.code));
}

/** The suites of a second and more, at most twenty. */
function tellSlowest(suites) {
  const timed = suites.map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1_000 }));
  const slowest = timed.filter(({ seconds }) => seconds >= 1).sort((a, b) => b.seconds - a.seconds);
  if (slowest.length > 0) say('The slowest suites:');
  for (const { name, seconds } of slowest.slice(0, 20))
    say(`${seconds.toFixed(1).padStart(7)} s  ${relative(ROOT, name)}`);
}
