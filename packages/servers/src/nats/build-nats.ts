import type { Surroundings } from '../fetch/choice';
import { goInstall } from '../fetch/go';
import { NATS_PROGRAM, NATS_STREAMING_VERSION, natsFolder } from './nats-program';

/**
 * Builds NATS Streaming from its source with Go, into the cache. Takes about a minute, and reports progress.
 * @returns the path of the program.
 * @throws an error that names the remedy when Go is missing.
 */
export async function buildNats(surroundings: Surroundings): Promise<string> {
  const module = `github.com/nats-io/nats-streaming-server@v${NATS_STREAMING_VERSION}`;
  const instead = `put ${NATS_PROGRAM} on PATH, or set NATS_URL`;
  return goInstall({ module, program: NATS_PROGRAM, folder: natsFolder(), instead }, surroundings);
}
