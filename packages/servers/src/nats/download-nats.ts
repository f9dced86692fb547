import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { cached } from '../fetch/cache';
import type { Surroundings } from '../fetch/choice';
import { fetchFile, fetchText } from '../fetch/fetch-file';
import { unlessUnreachable } from '../fetch/unreachable';
import { natsFolder, type NatsRelease } from './release';

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64', ia32: '386' };

/**
 * Downloads the official release into the cache, from its address or from that of its mirror, and checks it
 * against the release's SHA256SUMS.
 * @returns the path of the program.
 */
export async function downloadNats(release: NatsRelease, surroundings: Surroundings): Promise<string> {
  const { env, log } = surroundings;
  const { program, version, releases, mirror } = release;
  const folder = await cached(natsFolder(release), surroundings, (dir) =>
    unlessUnreachable(natsFolder(release), env, async () => {
      const base = `${env[mirror] || releases}/v${version}`;
      const name = archiveName(release);
      log(`downloading ${base}/${name} ...`);
      const zip = join(dir, name);
      const sums = await fetchText(`${base}/SHA256SUMS`);
      const sum = await fetchFile(`${base}/${name}`, zip, log);
      checkSum(name, sum, sums, log);
      await unpack(zip, join(dir, program));
      await rm(zip);
    }),
  );
  return join(folder, program);
}

/** The name of the release's archive for this platform. */
export function archiveName({ program, version }: NatsRelease): string {
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`there is no release for ${process.platform} on ${process.arch}`);
  return `${program}-v${version}-${process.platform}-${architecture}.zip`;
}

function checkSum(name: string, sum: string, sums: string | undefined, log: (line: string) => void): void {
  const line = sums?.split('\n').find((each) => each.trim().endsWith(` ${name}`));
  if (line === undefined) {
    log(`the release has no checksum for ${name}, so it was not checked`);
  } else if (line.trim().split(/\s+/)[0] !== sum) {
    throw new Error(`${name} has SHA-256 ${sum}, but the release says "${line.trim()}"; it was not used`);
  }
}

async function unpack(zip: string, file: string): Promise<void> {
  const archive = await openPromise(zip);
  let found = false;
  for await (const entry of archive.eachEntry()) {
    if (!entry.fileName.endsWith(`/${basename(file)}`)) continue;
    await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(file, { mode: 0o755 }));
    found = true;
  }
  if (!found) throw new Error(`there is no ${basename(file)} in ${zip}`);
}
