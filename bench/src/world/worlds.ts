import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongo } from '@ticketing/servers';
import { World } from './world';

/** Runs a measurement in its own world, and closes that. */
export type InWorld = <R>(measure: (world: World) => Promise<R>) => Promise<R>;

/** One MongoDB for all measurements: warm, so that none pays for its start. `work` gets its address and origin. */
export async function withWorlds<T>(
  log: (line: string) => void,
  work: (inWorld: InWorld, mongo: { readonly url: string; readonly source: string }) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ticketing-bench-'));
  const mongo = await startMongo({ dataDir, log });
  const inWorld: InWorld = async (measure) => {
    const world = await World.open(mongo);
    try {
      return await measure(world);
    } finally {
      await world.close();
    }
  };
  try {
    return await work(inWorld, mongo);
  } finally {
    await mongo.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
