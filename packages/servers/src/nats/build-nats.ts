import type { Surroundings } from '../fetch/choice';
import { goInstall } from '../fetch/go';
import { natsFolder, type NatsRelease } from './release';

/**
 * Builds a server of NATS from its source with Go, into the cache. Takes about a minute, and reports progress.
 * @returns the path of the program.
 * @throws an error that names the remedy when Go is missing.
 */
export async function buildNats(release: NatsRelease, surroundings: Surroundings): Promise<string> {
  const { module, program } = release;
  const instead = `put ${program} on PATH, or set NATS_URL`;
  return goInstall({ module, program, folder: natsFolder(release), instead }, surroundings);
}
