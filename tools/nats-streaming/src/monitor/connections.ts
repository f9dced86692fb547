import { z } from 'zod';
import { needPort, WHOLE_LIST } from './monitoring-port';

const connection = z.object({
  cid: z.number(),
  name: z.string().default(''),
  start: z.string(),
  in_msgs: z.number(),
  subscriptions_list_detail: z.array(z.object({ subject: z.string(), msgs: z.number() })).default([]),
});

const list = z.object({ now: z.string(), connections: z.array(connection) });
const elsewhere = z.object({ routes: z.number(), remotes: z.number(), leafnodes: z.number() });

/** A connection of core NATS, and its subscription to one subject. */
export interface Connection {
  readonly cid: number;
  readonly start: string;
  /** How many messages it has sent. Unlike `last_activity`, messages to it do not change this. */
  readonly in_msgs: number;
  /** How many messages were sent to the subscription. */
  readonly delivered: number;
}

/** The connections of core NATS; NATS Streaming itself is one of its clients. */
export interface Connections {
  /** The server's clock when it made the list (ms). */
  readonly now: number;
  /** Whether clients of this NATS Streaming server can only be connected here. */
  readonly complete: boolean;
  /** The connection that subscribes to this subject. */
  readonly subscribing: (subject: string) => Connection | undefined;
}

/** @throws CommandError when the port cannot be read */
export async function readConnections(monitorUrl: string): Promise<Connections> {
  const [{ now, connections }, { routes, remotes, leafnodes }] = await Promise.all([
    needPort(monitorUrl, `/connz?subs=detail&${WHOLE_LIST}`, list),
    needPort(monitorUrl, '/varz', elsewhere),
  ]);
  // When NATS is another process, the server's own connections are not in the list, so this port lists no client.
  const embedded = connections.some(({ name }) => name.startsWith('_NSS-'));
  const bySubject = new Map(
    connections.flatMap(({ cid, start, in_msgs, subscriptions_list_detail }) =>
      subscriptions_list_detail.map(({ subject, msgs }): [string, Connection] => [
        subject,
        { cid, start, in_msgs, delivered: msgs },
      ]),
    ),
  );
  return {
    now: Date.parse(now),
    complete: embedded && routes + remotes + leafnodes === 0,
    subscribing: (subject) => bySubject.get(subject),
  };
}
