import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { cached } from '../fetch/cache';
import type { Surroundings } from '../fetch/choice';
import { fetchFile, fetchText } from '../fetch/fetch-file';
import { unlessUnreachable } from '../fetch/unreachable';
import { NATS_PROGRAM, NATS_STREAMING_VERSION, natsFolder } from './nats-program';

const RELEASES = 'https://github.com/nats-io/nats-streaming-server/releases/download';
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64', ia32: '386' };

/**
 * Downloads the official release into the cache, from its address or from TICKETING_NATS_MIRROR, and checks it against
 * the release's SHA256SUMS.
 * @returns the path of the program.
 */
export async function downloadNats(surroundings: Surroundings): Promise<string> {
  const { env, log } = surroundings;
  const folder = await cached(natsFolder(), surroundings, (dir) =>
    unlessUnreachable(natsFolder(), env, async () => {
      const base = `${env['TICKETING_NATS_MIRROR'] || RELEASES}/v${NATS_STREAMING_VERSION}`;
      const name = archiveName();
      log(`downloading ${base}/${name} ...`);
      const zip = join(dir, name);
      const sums = await fetchText(`${base}/SHA256SUMS`);
      const sum = await fetchFile(`${base}/${name}`, zip, log);
      checkSum(name, sum, sums, log);
      await unpack(zip, join(dir, NATS_PROGRAM));
      await rm(zip);
    }),
  );
  return join(folder, NATS_PROGRAM);
}

/** The name of the release's archive for this platform. */
export function archiveName(): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  return `${NATS_PROGRAM}-v${NATS_STREAMING_VERSION}-${process.platform}-${architecture}.zip`;
}

function checkSum(name: string, sum: string, sums: string | undefined, log: (line: string) => void): void {
  const line = sums?.split('\n').find((each) => each.trim().endsWith(` ${name}`));
  if (line === undefined) {
    log(`the release has no checksum for ${name}, so it was not checked`);
  } else if (line.trim().split(/\s+/)[0] !== sum) {
    throw new Error(`${name} has SHA-256 ${sum}, but the release says "${line.trim()}"; it was not used`);
  }
}

async function unpack(zip: string, program: string): Promise<void> {
  const archive = await openPromise(zip);
  let found = false;
  for await (const entry of archive.eachEntry()) {
    if (!entry.fileName.endsWith(`/${NATS_PROGRAM}`)) continue;
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(program, { mode: 0o755 }));
    found = true;
  }
  if (!found) throw new Error(`there is no ${NATS_PROGRAM} in ${zip}`);
}
