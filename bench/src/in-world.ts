import { openMongo, World } from './world';

/** Opens the servers for a number of measurements, each in a world of its own, and closes them. */
export async function withWorlds<T>(
  log: (line: string) => void,
  work: (inWorld: <R>(measure: (world: World) => Promise<R>) => Promise<R>, mongoSource: string) => Promise<T>,
): Promise<T> {
  const mongo = await openMongo(log);
  const inWorld = async <R>(measure: (world: World) => Promise<R>): Promise<R> => {
    const world = await World.open(mongo.server);
    try {
      return await measure(world);
    } finally {
      await world.close();
    }
  };
  try {
    return await work(inWorld, mongo.server.source);
  } finally {
    await mongo.close();
  }
}
