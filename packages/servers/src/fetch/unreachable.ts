import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from './cache';

const REMEMBERED_FOR_MS = 4 * 60 * 60 * 1000;

/** How long a download may take until its first byte arrives. */
export const NO_CONNECTION_AFTER_MS = 10_000;

/**
 * Runs a download. If it fails, the cache remembers that for four hours, so that not every start waits for a connection
 * that does not work. TICKETING_RETRY_DOWNLOADS=1 forgets it.
 * @throws what `download` throws, or at once after a recent failure.
 */
export async function unlessUnreachable<T>(
  name: string,
  env: NodeJS.ProcessEnv,
  download: () => Promise<T>,
): Promise<T> {
  const marker = join(cacheDir(env), `${name}.unreachable`);
  const failedAt = await stat(marker).then(
    (found) => found.mtimeMs,
    () => undefined,
  );
  if (failedAt !== undefined && Date.now() - failedAt < REMEMBERED_FOR_MS && !env['TICKETING_RETRY_DOWNLOADS']) {
    const reason = await readFile(marker, 'utf8');
    throw new Error(
      `the download failed at ${new Date(failedAt).toISOString()} (${reason}); it is tried again after four hours, ` +
        'or at once with TICKETING_RETRY_DOWNLOADS=1',
    );
  }
  try {
    const result = await download();
    await rm(marker, { force: true });
    return result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // A cache that cannot be written to must not hide the reason; without the marker the next start tries again.
    await mkdir(cacheDir(env), { recursive: true })
      .then(() => writeFile(marker, reason))
      .catch(() => undefined);
    throw error;
  }
}
