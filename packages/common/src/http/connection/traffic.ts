import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Which connections of a server have requests in flight. */
export interface Traffic {
  /** Whether the connection waits for a reply that has begun, or whose request has arrived whole. */
  owesReply(socket: Socket): boolean;
  /** From now on each reply closes its connection, also that of a request already in flight. */
  closeAfterReplies(): void;
  /** Closes the connections without a request in flight, now and whenever one becomes idle. */
  closeIdle(): void;
}

/**
 * Watches a server that has not accepted anything yet. Node's own closeIdleConnections() considers a connection idle
 * when its reply was ended, even if most of the reply is still on the way to a slow reader, and would cut it off.
 */
export function watchTraffic(server: Server): Traffic {
  const connections = new Map<Socket, Set<ServerResponse>>();
  let closingReplies = false;
  let closingIdle = false;

  const closeIfIdle = (socket: Socket, replies: ReadonlySet<ServerResponse>): void => {
    if (closingIdle && replies.size === 0) socket.destroySoon();
  };

  server.on('connection', (socket) => {
    const replies = new Set<ServerResponse>();
    connections.set(socket, replies);
    socket.once('close', () => {
      connections.delete(socket);
      // Of several requests that were sent at once Node closes only the current reply. No other reply goes out any
      // more.
      setImmediate(() => replies.forEach((res) => res.emit('close')));
    });
    closeIfIdle(socket, replies);
  });
  server.on('request', ({ socket }, res) => {
    const replies = connections.get(socket) ?? new Set();
    replies.add(res);
    if (closingReplies) announceClose(res);
    res.once('close', () => {
      replies.delete(res);
      closeIfIdle(socket, replies);
    });
  });

  return {
    owesReply: (socket) => [...(connections.get(socket) ?? [])].some((res) => res.headersSent || res.req.complete),
    closeAfterReplies() {
      closingReplies = true;
      for (const replies of connections.values()) replies.forEach(announceClose);
    },
    closeIdle() {
      closingIdle = true;
      for (const [socket, replies] of connections) closeIfIdle(socket, replies);
    },
  };
}

function announceClose(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader('Connection', 'close');
}
