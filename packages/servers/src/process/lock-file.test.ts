import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockedError, lockFile } from './lock-file';
import { processBegan } from './process-identity';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

test('a lock is held by one, who is named, and is free again after its release', () => {
  const file = join(temporaryDir(), 'lock');
  const unlock = lockFile(file);
  expect(() => lockFile(file)).toThrow(LockedError);
  expect(() => lockFile(file)).toThrow(`Process ${process.pid} holds ${file}`);
  unlock();
  unlock();
  expect(existsSync(file)).toBe(false);
  lockFile(file)();
});

test('a lock whose process is gone is taken over, and nothing else is left', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  const dir = temporaryDir();
  const file = join(dir, 'lock');
  writeFileSync(file, `${child.pid}\n`);
  const unlock = lockFile(file);
  expect(readdirSync(dir)).toEqual(['lock']);
  unlock();
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  ['a later process of this boot', () => processBegan(process.pid)?.replace(/\d+$/, '1')],
  ['a process of another boot', () => processBegan(process.pid)?.replace(/^\S+/, 'another-boot')],
])('a lock whose process id belongs to %s now is taken over', (_name, began) => {
  const file = join(temporaryDir(), 'lock');
  writeFileSync(file, `${process.pid} ${began()}\n`);
  const unlock = lockFile(file);
  expect(() => lockFile(file)).toThrow(LockedError);
  unlock();
});
