import { firstThatWorks } from '../fetch/choice';
import { given } from '../start/given-server';
import type { RunningServer, ServerOptions } from '../start/running-server';
import { startServer } from '../start/start-server';
import { MONGO_CHOICES } from './choices';

/**
 * Finds or gets a MongoDB server and runs it: MONGO_URI, a mongod on PATH or in the cache, the official download, or
 * the substitute, in this order. Each choice that is not used is logged with its reason.
 * @throws NoServerError that lists every choice with its reason and remedy; NoOtherChoice when a process uses the data
 * folder.
 */
export async function startMongo(options: ServerOptions = {}): Promise<RunningServer> {
  const env = options.env ?? process.env;
  const log = options.log ?? (() => undefined);
  return firstThatWorks('MongoDB', MONGO_CHOICES, { env, log }, async (offer, choice) => {
    if ('url' in offer) return given(offer.url, choice.name);
    const run = async (where: ServerOptions): Promise<RunningServer> => {
      const { port, ...server } = await startServer(offer.program, where, env);
      const again = () => run({ ...options, port });
      return { url: `mongodb://127.0.0.1:${port}`, source: choice.name, ...server, again };
    };
    return run(options);
  });
}
