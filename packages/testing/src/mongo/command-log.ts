import { addressThrough, startTcpProxy } from '../network/tcp-proxy';
import { type MongoCommand, wireCommands } from './wire-commands';

/** Commands that ask for no data: what the driver says for itself, and how its health is looked at. */
const SMALL_TALK = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'saslStart', 'saslContinue']);

/** Everything that clients ask of a real MongoDB, counted on the wire: also what another process asks. */
export interface CommandLog {
  /** What a client connects to instead of the server; the rest of its address is the same. */
  readonly url: string;
  /** What was sent since the start or the last `clear`, in its order, without the driver's small talk. */
  commands(): readonly MongoCommand[];
  clear(): void;
  close(): Promise<void>;
}

/**
 * Stands between clients and the server at `url`, on the wire and without TLS.
 * @param url names one host: a client that finds its hosts by itself would go around
 */
export async function startCommandLog(url: string): Promise<CommandLog> {
  let log: MongoCommand[] = [];
  const proxy = await startTcpProxy(url, () =>
    wireCommands((command) => {
      if (!SMALL_TALK.has(command.name)) log.push(command);
    }),
  );
  return {
    url: addressThrough(url, proxy.port),
    commands: () => log,
    clear: () => void (log = []),
    close: () => proxy.close(),
  };
}
