import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenVerifier } from '@ticketing/common';
import { jwtKey } from './settings/jwt-key';

const dataDir = mkdtempSync(join(tmpdir(), 'token-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const token = (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const source = `process.exitCode = require('./token.js').main(${JSON.stringify(args)}, process.env)`;
  const cwd = join(__dirname, '..', 'dist');
  return spawnSync(process.execPath, ['-e', source], {
    cwd,
    env: { TICKETING_DATA: dataDir, ...env },
    encoding: 'utf8',
  });
};

test('prints a token of the user and nothing else, signed by the key of the data folder', () => {
  const { stdout, stderr, status } = token(['alice']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const key = readFileSync(join(dataDir, 'jwt-key'), 'utf8').trim();
  expect(tokenVerifier([key])(stdout.trim())).toEqual({ id: 'alice', email: 'alice@example.com' });
});

test('JWT_KEY is used when it is given', () => {
  const key = 'a-key-that-was-given';
  expect(tokenVerifier([key])(token(['bob'], { JWT_KEY: key }).stdout.trim())).toMatchObject({ id: 'bob' });
});

test('without a name, or with one that cannot be, it says what to do', () => {
  expect(token([])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('usage: npm run -s token'),
  });
  expect(token(['a b'])).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('"a b" cannot be a user'),
  });
});

test.each([
  ['a reader that is gone', 'exec 3> >(:); wait $!', 141, ''],
  [
    'a full device',
    'exec 3>/dev/full',
    1,
    'standard output cannot be written: ENOSPC: no space left on device, write\n',
  ],
])('a token that goes to %s ends it without a stack', (_reader, opens, status, stderr) => {
  const source = `process.exitCode = require('./token.js').main(['alice'], process.env)`;
  const cwd = join(__dirname, '..', 'dist');
  const env = { ...process.env, TICKETING_DATA: dataDir };
  const script = `${opens}; exec "$0" -e "$1" >&3`;
  const ran = spawnSync('/bin/bash', ['-c', script, process.execPath, source], { cwd, env, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([status, stderr]);
});

test('the key is made once and only its owner can read it', () => {
  const first = jwtKey({}, dataDir);
  expect(jwtKey({}, dataDir)).toBe(first);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(join(dataDir, 'jwt-key')).mode & 0o777).toBe(0o600);
});
