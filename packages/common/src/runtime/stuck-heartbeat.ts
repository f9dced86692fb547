import type { Connection } from 'mongoose';

/** Longer than any heartbeat with the settings in database.ts, which end one after 8 s (ms). */
const STUCK_AFTER_MS = 30_000;

/**
 * Calls `onStuck` when a heartbeat of the driver has neither succeeded nor failed for this long. A heartbeat can wait
 * without end: mongodb 6.20, where it polls, writes to a connection whose socket is destroyed but has not reported it
 * yet, and waits for its `drain`. Then the driver does not look for the server again. Seen when the pod of a MongoDB
 * was replaced under load.
 */
export function watchHeartbeats(connection: Connection, onStuck: () => void, stuckAfterMs = STUCK_AFTER_MS): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const end = (server: string) => {
    clearTimeout(waiting.get(server));
    waiting.delete(server);
  };
  const client = connection.getClient();
  client.on('serverHeartbeatStarted', ({ connectionId }) => {
    end(connectionId);
    // In two halves, because a process that was paused for longer finds the first half over before it can read the
    // answer.
    const half = (then: () => void) => waiting.set(connectionId, setTimeout(then, stuckAfterMs / 2).unref());
    half(() => half(onStuck));
  });
  client.on('serverHeartbeatSucceeded', ({ connectionId }) => end(connectionId));
  client.on('serverHeartbeatFailed', ({ connectionId }) => end(connectionId));
  client.on('serverClosed', ({ address }) => end(address));
}
