import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startMongo } from '@ticketing/servers';
import { World } from './world';

/** Runs a measurement in its own world, and closes that. @param engine of its broker; absent: that of the run */
export type InWorld = <R>(measure: (world: World) => Promise<R>, engine?: Engine) => Promise<R>;

/** One MongoDB for all measurements: warm, so that none pays for its start. `work` gets its address and origin. */
export async function withWorlds<T>(
  broker: Engine,
  log: (line: string) => void,
  work: (inWorld: InWorld, mongo: { readonly url: string; readonly source: string }) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ticketing-bench-'));
  const mongo = await startMongo({ dataDir, log });
  const inWorld: InWorld = async (measure, engine = broker) => {
    const world = await World.open(mongo, engine);
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
