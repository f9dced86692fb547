import { join } from 'node:path';
import { cached } from '../fetch/cache';
import type { Surroundings } from '../fetch/choice';
import { runToEnd } from '../process/run-to-end';
import { NO_CONNECTION_AFTER_MS, unlessUnreachable } from '../fetch/unreachable';
import { MONGOD_VERSION } from './mongod';

/** The folder of the downloaded mongod in the cache. */
export function mongodFolder(): string {
  return `mongod-${MONGOD_VERSION}-${process.platform}-${process.arch}`;
}

/**
 * Downloads the official mongod into the cache and reports progress. The address is mongodb-memory-server's, or
 * TICKETING_MONGOD_MIRROR. It runs in a separate process, which is killed when no byte arrives within 10 s.
 * @returns the path of the program.
 */
export async function downloadMongod(surroundings: Surroundings): Promise<string> {
  const { env, log } = surroundings;
  const folder = await cached(mongodFolder(), surroundings, (dir) =>
    unlessUnreachable(mongodFolder(), env, async () => {
      log(`downloading MongoDB ${MONGOD_VERSION} ...`);
      const noConnection = new AbortController();
      const error = new Error(`no connection within ${NO_CONNECTION_AFTER_MS / 1000} s`);
      const timer = setTimeout(() => noConnection.abort(error), NO_CONNECTION_AFTER_MS);
      const program = join(__dirname, '..', '..', 'dist', 'mongo', 'download-mongod-program.js');
      const onLine = (line: string) => {
        clearTimeout(timer);
        log(line);
      };
      await runToEnd(process.execPath, [program, dir], {
        env: { ...env, ...settings(env) },
        onLine,
        signal: noConnection.signal,
      }).finally(() => clearTimeout(timer));
    }),
  );
  return join(folder, 'mongod');
}

function settings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const mirror = env['TICKETING_MONGOD_MIRROR'];
  const tries = { MONGOMS_MAX_RETRIES: '1', MONGOMS_PREFER_GLOBAL_PATH: 'false' };
  if (!mirror) return tries;
  return { ...tries, MONGOMS_DOWNLOAD_MIRROR: mirror, MONGOMS_USE_HTTP: String(mirror.startsWith('http:')) };
}
