import { guardOutput } from '@ticketing/command-line';
import { signToken } from '@ticketing/common/token';
import { jwtKey } from './settings/jwt-key';
import { readSettings } from './settings/settings';

/**
 * A token for the user of this name, as the services of `npm start` accept it. @throws when the name is not allowed.
 */
export function tokenFor(name: string, key: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new Error(`"${name}" cannot be a user: use letters, digits, dots, dashes and underscores`);
  }
  return signToken({ id: name, email: `${name}@example.com` }, key);
}

/** The program of `npm run -s token -- NAME`: prints a token and nothing else. @returns the exit code. */
export function main(args: readonly string[], env: NodeJS.ProcessEnv): number {
  guardOutput();
  const [name, ...rest] = args;
  if (name === undefined || rest.length > 0) {
    process.stderr.write('usage: npm run -s token -- NAME    (for example: npm run -s token -- alice)\n');
    return 2;
  }
  try {
    process.stdout.write(`${tokenFor(name, jwtKey(env, readSettings(env).dataDir))}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
