import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The key that signs tokens: JWT_KEY, else the one in the data folder, which is made if it is missing. Only its owner
 * can read the file. Two programs that make it at once end with the same key.
 */
export function jwtKey(env: NodeJS.ProcessEnv, dataDir: string): string {
  if (env['JWT_KEY']) return env['JWT_KEY'];
  const file = join(dataDir, 'jwt-key');
  const mine = `${file}.${process.pid}`;
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(mine, randomBytes(32).toString('hex'), { mode: 0o600 });
  try {
    linkSync(mine, file);
  } catch (error) {
    if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(mine);
  }
  return readFileSync(file, 'utf8').trim();
}
