import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames } from '@ticketing/services';
import { neededSecrets } from './needed-secrets';

// The real program as a process; only kubectl is a stand-in.
const DIST = join(__dirname, '..', '..', 'dist', 'secrets');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const program = join(DIST, 'stand-in-kubectl.test.helper.js');
  writeFileSync(join(dir, 'kubectl'), `#!/bin/sh\nexec '${process.execPath}' '${program}' '${dir}' "$@"\n`);
  chmodSync(join(dir, 'kubectl'), 0o755);
});
afterEach(() => rmSync(dir, { recursive: true }));

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[] = [], path = `${dir}:/bin:/usr/bin`): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: { PATH: path }, timeout: 30_000 };
    execFile(process.execPath, [join(DIST, 'main.js'), ...args], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

const calls = (): string[][] =>
  readFileSync(join(dir, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const secretData = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(dir, `secret.${name}`), 'utf8')).stringData;
const values = (): string[] => neededSecrets.flatMap(({ name }) => Object.values(secretData(name)));

test('creates the namespace, and each secret with its own values that cannot be guessed', async () => {
  const ran = await run();
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toBe(
    'namespace ticketing: created\n' +
      'secret ticketing-jwt (the key that signs tokens): created\n' +
      serviceNames.map((name) => `secret ${name}-mongodb (passwords of the MongoDB of ${name}): created\n`).join('') +
      serviceNames.map((name) => `secret ${name}-nats (password of ${name} at nats-server): created\n`).join('') +
      'secret nats (passwords of people and nodes at nats-server): created\n',
  );
  const { metadata } = JSON.parse(readFileSync(join(dir, 'namespace.ticketing'), 'utf8'));
  expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  expect(Object.keys(secretData('ticketing-jwt'))).toEqual(['JWT_KEY']);
  expect(Object.keys(secretData('orders-mongodb'))).toEqual(['MONGO_PASSWORD', 'MONGO_ROOT_PASSWORD']);
  expect(new Set(values()).size).toBe(4 + 3 * serviceNames.length);
  for (const value of values()) expect(value).toMatch(/^[0-9a-f]{64}$/);
});

test('a second run changes nothing and says so; missing ones are created', async () => {
  await run();
  const before = values();
  const again = await run();
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(again.stdout.match(/: is there, left as it is\n/g)).toHaveLength(2 + 2 * serviceNames.length);
  expect(again.stdout).not.toContain('created');
  expect(values()).toEqual(before);

  rmSync(join(dir, 'secret.orders-mongodb'));
  expect((await run()).stdout).toContain('secret orders-mongodb (passwords of the MongoDB of orders): created');
  expect(values().slice(0, 3)).toEqual(before.slice(0, 3));
});

test('several at once end with one key: one of them creates it', async () => {
  const ran = await Promise.all([run(), run(), run(), run()]);
  for (const { code, stderr } of ran) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { name } of neededSecrets) {
    const creators = ran.filter(({ stdout }) => new RegExp(`secret ${name} .*: created`).test(stdout));
    expect(creators).toHaveLength(1);
  }
});

test('prints no secret, and gives none to kubectl as an argument that others can read', async () => {
  const ran = [await run(), await run()];
  const seen = JSON.stringify([ran, calls()]);
  for (const value of values()) expect(seen).not.toContain(value);
});

test('--namespace and --context go to every call of kubectl', async () => {
  const ran = await run(['--namespace', 'staging', '--context', 'far']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(join(dir, 'namespace.staging'))).toBe(true);
  expect(calls()).toHaveLength(8);
  for (const call of calls()) expect(call.slice(-4)).toEqual(['--namespace', 'staging', '--context', 'far']);
});

test('a namespace that takes any pod is left as it is, but it is said', async () => {
  writeFileSync(join(dir, 'namespace.ticketing'), JSON.stringify({ metadata: { name: 'ticketing' } }));
  const ran = await run();
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('kubectl label namespace ticketing pod-security.kubernetes.io/enforce=restricted\n');
});

test('a user that may not read namespaces can still create secrets', async () => {
  await run();
  rmSync(join(dir, 'secret.ticketing-jwt'));
  writeFileSync(
    join(dir, 'get-fails'),
    'Error from server (Forbidden): namespaces "ticketing" is forbidden: User "bob"',
  );
  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('ticketing-jwt') });
  rmSync(join(dir, 'namespace.ticketing'));
  rmSync(join(dir, 'secret.ticketing-jwt'));
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('namespaces "ticketing" not found\n') });
});

test.each([
  ['get', 'The connection to the server localhost:8080 was refused', 'kubectl cluster-info'],
  ['get', 'error: context "nope" does not exist', 'kubectl config get-contexts'],
  ['create', 'Error from server (Forbidden): secrets is forbidden: User "bob" cannot create', 'kubectl auth can-i'],
])('%s fails: says why and what to do, and exits with 2', async (verb, stderr, remedy) => {
  writeFileSync(join(dir, `${verb}-fails`), stderr);
  const ran = await run();
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^kubectl cannot /);
  expect(ran.stderr).toContain(remedy);
});

test('no kubectl, and a wrong use', async () => {
  const none = mkdtempSync(join(dir, 'empty-'));
  expect(await run([], none)).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no kubectl') });
  expect(await run(['now'])).toMatchObject({ code: 2, stderr: expect.stringContaining('too many arguments') });
});
