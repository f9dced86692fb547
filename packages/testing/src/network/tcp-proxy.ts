import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between a client and a real server, so that a test can interrupt only the connection. */
export interface TcpProxy {
  readonly port: number;
  /** While true, data from the server is dropped; data from the client still arrives. */
  swallowReplies: boolean;
  /** While true new connections are closed at once. */
  refuse: boolean;
  /** Data is passed on this much later (ms), in its order, in both directions. */
  delayMs: number;
  /** The limit for data from the client, in bytes per millisecond. */
  bytesPerMs: number;
  /** Resets every connection now. */
  cut(): void;
  /**
   * Cuts the connection of the first request that matches as soon as the server answers it, and drops the answer: the
   * request was carried out and its reply is lost. Resolves when that has happened.
   */
  loseReplyTo(matches: (request: Buffer) => boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Forwards from a free port of 127.0.0.1 to the server at `url` (its host and port).
 * @param listenIn called for each connection; what it returns is given what the client says on it, in its order
 */
export async function startTcpProxy(url: string, listenIn?: () => (request: Buffer) => void): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  let awaited: { matches: (request: Buffer) => boolean; lost: () => void } | undefined;

  const server = createServer((client) => {
    if (proxy.refuse) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    const [toUpstream, toClient] = [inOrder(upstream), inOrder(client)];
    const heard = listenIn?.();
    let loses: (() => void) | undefined;
    client.on('data', (request) => {
      heard?.(request);
      if (awaited?.matches(request)) {
        loses = awaited.lost;
        awaited = undefined;
      }
      toUpstream(request, proxy.delayMs, proxy.bytesPerMs);
    });
    upstream.on('data', (reply) => {
      if (loses) {
        end();
        loses();
      } else if (!proxy.swallowReplies) toClient(reply, proxy.delayMs);
    });
    for (const socket of pair) socket.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    swallowReplies: false,
    refuse: false,
    delayMs: 0,
    bytesPerMs: Infinity,
    cut: () => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy())),
    loseReplyTo: (matches) => new Promise((lost) => (awaited = { matches, lost })),
    close: async () => {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

/** Writes what it is given after its delay, no faster than it may, and after all that it was given before. */
function inOrder(to: Socket): (chunk: Buffer, delayMs: number, bytesPerMs?: number) => void {
  let last: Promise<void> | undefined;
  let freeAt = 0;
  return (chunk, delayMs, bytesPerMs = Infinity) => {
    const now = performance.now();
    freeAt = Math.max(freeAt, now) + chunk.length / bytesPerMs;
    const waitMs = Math.max(delayMs, Math.floor(freeAt - now));
    if (!last && waitMs === 0) return void to.write(chunk);
    const passedOn = Promise.all([last, sleep(waitMs)]).then(() => {
      if (last === passedOn) last = undefined;
      if (!to.destroyed) to.write(chunk);
    });
    last = passedOn;
  };
}

/** The address of a MongoDB behind a port of this machine: its client goes there, and nowhere else. */
export function addressThrough(url: string, port: number): string {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  through.searchParams.delete('replicaSet');
  through.searchParams.set('directConnection', 'true');
  return through.href;
}
