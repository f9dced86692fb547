import type { Server, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Bounds the wait when connections never stop coming (ms). */
const ACCEPT_WITHIN_MS = 500;

/**
 * Accepts what waits in the system's queue, so that listening can end without a reset of callers who are connected already
 * and may have sent a request: Node accepts one connection in a turn of its event loop, so under load many wait.
 * Resolves when the queue is empty, within half a second. Meanwhile new connections are held, not served, which keeps
 * the turns short and their callers from coming again. To be called then: stop listening, and the function that this
 * returns, which hands the held connections to the server.
 */
export async function acceptWaiting(server: Server): Promise<() => void> {
  const held: Socket[] = [];
  const hold = (socket: Socket): void => {
    socket.on('error', () => undefined); // nobody else listens yet, and it closes anyway
    held.push(socket);
  };
  const serve = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', hold);
  const until = Date.now() + ACCEPT_WITHIN_MS;
  for (let before = -1; held.length > before && Date.now() < until;) {
    before = held.length;
    await nextTurn();
  }
  return () => {
    server.removeListener('connection', hold);
    for (const listener of serve) server.on('connection', listener);
    for (const socket of held) if (!socket.destroyed) server.emit('connection', socket);
  };
}
