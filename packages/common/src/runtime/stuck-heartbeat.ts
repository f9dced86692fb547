import type { Connection } from 'mongoose';

/** Longer than any heartbeat of the settings in database.ts: they give one up after 8 s (ms). */
const STUCK_AFTER_MS = 30_000;

/**
 * Calls `onStuck` when a heartbeat of the driver has neither succeeded nor failed for so long. One can wait for ever: mongodb
 * 6.20, where it polls, writes to a connection whose socket is destroyed but has not said so yet, and waits for its `drain`.
 * Then the driver never looks for the server again. Seen when the pod of a MongoDB was replaced under load.
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
    // In two halves: a process that was stopped for longer finds the first one over before it can read the answer.
    const half = (then: () => void) => waiting.set(connectionId, setTimeout(then, stuckAfterMs / 2).unref());
    half(() => half(onStuck));
  });
  client.on('serverHeartbeatSucceeded', ({ connectionId }) => end(connectionId));
  client.on('serverHeartbeatFailed', ({ connectionId }) => end(connectionId));
  client.on('serverClosed', ({ address }) => end(address));
}
