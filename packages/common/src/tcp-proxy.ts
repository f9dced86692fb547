import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a real server, so that a test can interrupt the wire and nothing else. */
export interface TcpProxy {
  readonly port: number;
  /** While true what the server says is dropped; what the client says still arrives. */
  swallowReplies: boolean;
  /** While true new connections are closed at once. */
  refuse: boolean;
  /** Resets every connection now. */
  cut(): void;
  /**
   * Cuts the connection of the first request that matches as soon as the server answers it, and drops the answer: the
   * request was carried out and its reply is lost. Resolves when that has happened.
   */
  loseReplyTo(matches: (request: Buffer) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Forwards from a free port of 127.0.0.1 to the server at `url` (its host and port). */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
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
    let loses: (() => void) | undefined;
    client.on('data', (request) => {
      if (awaited?.matches(request)) {
        loses = awaited.lost;
        awaited = undefined;
      }
      upstream.write(request);
    });
    upstream.on('data', (reply) => {
      if (loses) {
        end();
        loses();
      } else if (!proxy.swallowReplies) client.write(reply);
    });
    for (const socket of pair) socket.on('error', end).on('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    swallowReplies: false,
    refuse: false,
    cut: () => pairs.forEach((pair) => pair.forEach((socket) => socket.destroy())),
    loseReplyTo: (matches) => new Promise((lost) => (awaited = { matches, lost })),
    close: async () => {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
