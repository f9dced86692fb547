import { firstThatWorks } from '../../fetch/choice';
import { startServer } from '../../start/start-server';
import { natsChoices } from '../choices';
import { client, close, history, publish } from '../client.test.helper';
import { natsProgram, storeFolder } from '../nats-program';
import { NATS_STREAMING } from '../release';
import { startNats } from '../start-nats';

export const env = { ...process.env, NATS_URL: '' };
export const CHANNEL = 'ticket:updated';
/** Messages of one length. */
export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `message-${String(from + n).padStart(6, '0')}`);

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

/** Publishes with acks, in this order. */
export async function publishAll(server: Server, messages: readonly string[], channel = CHANNEL): Promise<void> {
  const stan = await client(server, 'publisher');
  for (const message of messages) await publish(stan, channel, message);
  await close(stan);
}

/** A store of a killed server with these messages; `args` win. @returns its data folder, as it was given */
export async function killedWith(dataDir: string, messages: readonly string[], args: readonly string[] = []) {
  const server = await startNats({ env, dataDir, args });
  await publishAll(server, messages);
  await server.kill();
  return storeFolder(dataDir);
}

/** The same without this project's preparation of a start, and without its options. */
export async function startedPlainly(dataDir: string, args: readonly string[] = []) {
  const surroundings = { env, log: () => undefined };
  const choices = natsChoices(NATS_STREAMING, (file) => natsProgram(file, ['-cid', 'ticketing', ...args]));
  return firstThatWorks('NATS', choices, surroundings, async (offer) => {
    if ('url' in offer) throw new Error('a server was given by its address');
    const server = await startServer(offer.program, { dataDir }, env);
    return { ...server, url: `nats://127.0.0.1:${server.port}` };
  });
}

/** The messages that a server with an empty cache delivers. */
export async function readAgain(dataDir: string, atLeast: number, args: readonly string[] = []) {
  const server = await startNats({ env, dataDir, args });
  const stan = await client(server, 'reader');
  const got = await history(stan, CHANNEL, atLeast);
  await close(stan);
  await server.kill();
  return got;
}
