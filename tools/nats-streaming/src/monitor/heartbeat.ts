import type { Connection } from './connections';

/**
 * `connected`: observed too briefly to tell more. `answering`: has sent something while observed, and leaves no
 * heartbeat unanswered. `silent`: has sent nothing since, although a heartbeat came. `no connection`: the server still
 * keeps the client, until enough heartbeats have failed. `unknown`: the connection may be at another NATS server.
 */
export type HeartbeatState = 'connected' | 'answering' | 'silent' | 'no connection' | 'unknown';

/** What repeated looks at one client's connection have shown. Times are by the server's clock (ms). */
export interface Observed {
  readonly connection: Connection;
  /** Whether it has sent anything since the first look. */
  readonly hasSpoken: boolean;
  /** The look that found that it had sent something; before that, the first look. */
  readonly quietSince: number;
  /** Heartbeats that it got after that look. One between its last message and the look is not counted. */
  readonly unanswered: number;
  /** The first look that found one unanswered. */
  readonly unansweredSince: number | undefined;
}

export interface Heartbeat {
  readonly state: HeartbeatState;
  /** For at least how long it has sent nothing (ms); null without a connection. */
  readonly quiet_ms: number | null;
  /** At least how many heartbeats came to it since; null without a connection. */
  readonly unanswered: number | null;
}

/** A healthy client answers within this (ms). A look can fall between a heartbeat and its answer. */
const ANSWERS_WITHIN_MS = 1_000;

/** Adds a look at the connection that subscribes to the client's heartbeats. A new connection starts from zero. */
export function observe(before: Observed | undefined, connection: Connection, now: number): Observed {
  const isSame = before?.connection.cid === connection.cid && before.connection.start === connection.start;
  if (!before || !isSame || connection.in_msgs !== before.connection.in_msgs) {
    return { connection, hasSpoken: isSame, quietSince: now, unanswered: 0, unansweredSince: undefined };
  }
  const unanswered = before.unanswered + connection.delivered - before.connection.delivered;
  const unansweredSince = before.unansweredSince ?? (unanswered > 0 ? now : undefined);
  return { ...before, connection, unanswered, unansweredSince };
}

/**
 * Derives the health of a client, because the server does not report how many heartbeats have failed.
 * @param complete whether a client without a connection in the list has none
 */
export function heartbeatOf(observed: Observed | undefined, now: number, complete: boolean): Heartbeat {
  if (!observed) return { state: complete ? 'no connection' : 'unknown', quiet_ms: null, unanswered: null };
  const { hasSpoken, quietSince, unanswered, unansweredSince } = observed;
  const isSilent = unansweredSince !== undefined && now - unansweredSince >= ANSWERS_WITHIN_MS;
  const state = isSilent ? 'silent' : hasSpoken ? 'answering' : 'connected';
  return { state, quiet_ms: now - quietSince, unanswered };
}
