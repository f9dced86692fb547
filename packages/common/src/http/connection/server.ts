import { type RequestListener, createServer } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StartError } from '../../errors/start-error';
import { sleep } from '../../runtime/retry';
import { serveWellFormed } from './serve-well-formed';

export interface HttpServer {
  /** The port that it listens on. */
  readonly port: number;
  /**
   * Ends the server without cutting off a request. For `graceMs` it still accepts, and every reply closes its
   * connection. Then it stops listening, closes idle connections, and resolves when the last reply is out. A caller
   * that connects at the moment when listening ends is reset, so keep new callers away first, for example with a
   * preStop hook. Idempotent. It has no deadline of its own, because the caller has one for the whole stop.
   */
  drain(): Promise<void>;
}

export interface ListenOptions {
  /** How long drain() still accepts, in milliseconds. */
  readonly graceMs?: number;
  /**
   * Time for a whole request to arrive, in milliseconds, of which its headers have at most 10 s. After that it is
   * answered 408. A reply from which the client reads nothing for twice this time is cut off.
   */
  readonly requestTimeoutMs?: number;
}

/** Longer than the idle time of common ingresses, so that they end an idle connection, not this server (ms). */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_WITHIN_MS = 10_000;
/** How often Node looks for requests that take too long to arrive (ms). */
const LOOK_EVERY_MS = 1_000;
/** Time for requests that are in the system's buffers when listening ends (ms). */
const SETTLE_MS = 50;

/** Serves the app on the port (0: any free one). Throws StartError when the port is not available. */
export async function listen(app: RequestListener, port: number, options: ListenOptions = {}): Promise<HttpServer> {
  const { graceMs = 250, requestTimeoutMs = 30_000 } = options;
  const server = createServer({
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(requestTimeoutMs, HEADERS_WITHIN_MS),
    connectionsCheckingInterval: LOOK_EVERY_MS,
  });
  // For a connection without any traffic. It is longer than a reply may take to begin.
  server.timeout = 2 * requestTimeoutMs + LOOK_EVERY_MS;
  server.on('timeout', (socket: Socket) => {
    const { bytesRead } = socket;
    const destroyIfSilent = () => socket.bytesRead === bytesRead && socket.destroy();
    // If the process was held up, what has arrived is read in the first turn, and who is too slow is told so in it.
    setImmediate(() => setImmediate(destroyIfSilent));
  });
  const traffic = serveWellFormed(server, app);
  await listening(server, port);

  let drained: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    traffic.closeAfterReplies();
    await sleep(graceMs);
    const closed = stopListening(server);
    await sleep(SETTLE_MS);
    await nextTurn(); // if the event loop was held up, the timer fires before the data that has arrived is read
    traffic.closeIdle();
    await closed;
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, drain: () => (drained ??= drain()) };
}

function listening(server: NetServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use by another program: stop that, or set PORT to another one'
          : `cannot be used: ${error.message}`;
      reject(new StartError(`port ${port} ${reason}`, { cause: error }));
    });
    server.listen(port, resolve);
  });
}

/**
 * Resolves when all connections are closed. Uses close() of net, because that of http would cut off replies (see
 * traffic.ts).
 */
function stopListening(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}
