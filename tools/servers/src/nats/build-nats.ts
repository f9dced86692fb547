import { join } from 'node:path';
import { cached } from '../cache';
import type { Surroundings } from '../choice';
import { findOnPath } from '../find-program';
import { runToEnd } from '../run-to-end';
import { NATS_PROGRAM, NATS_STREAMING_VERSION, natsFolder } from './nats-program';

const MODULE = `github.com/nats-io/nats-streaming-server@v${NATS_STREAMING_VERSION}`;
const SAY_SO_EVERY_MS = 10_000;

/**
 * Builds NATS Streaming from its source with Go, into the cache. Takes about a minute, and says that it is at work.
 * @returns the path of the program.
 * @throws an error that names the remedy when Go is missing.
 */
export async function buildNats(surroundings: Surroundings): Promise<string> {
  const { env, log } = surroundings;
  const go = await findOnPath('go', env);
  if (go === undefined) {
    throw new Error(
      `there is no go on PATH: install Go (https://go.dev/dl), or put ${NATS_PROGRAM} on PATH, or set NATS_URL`,
    );
  }
  const folder = await cached(natsFolder(), surroundings, async (dir) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    log(`building ${MODULE} with Go; this takes about a minute ...`);
    const timer = setInterval(() => log(`still building NATS Streaming (${seconds()} s) ...`), SAY_SO_EVERY_MS);
    // Without GOFLAGS of the user: -mod=vendor and the like would break the build.
    await runToEnd(go, ['install', MODULE], { env: { ...env, GOBIN: dir, GOFLAGS: '' }, cwd: dir }).finally(() =>
      clearInterval(timer),
    );
    log(`built NATS Streaming in ${seconds()} s`);
  });
  return join(folder, NATS_PROGRAM);
}
