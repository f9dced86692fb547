import { table } from '@ticketing/command-line';
import { type MonitoredChannel, type MonitoredServer, namesOf, notSent, stateOf } from '@ticketing/nats-streaming';
import type { ConsumerFacts } from './consumers';

/** A channel by the server's data, and by its consumers' data. */
export interface Inspected extends MonitoredChannel {
  readonly consumers: readonly ConsumerFacts[];
}

/** Lines for people. */
export function describe(
  server: MonitoredServer,
  channels: readonly Inspected[],
  missing: readonly string[],
): string[] {
  const { version, cluster_id, state, uptime, clients, total_msgs, total_bytes } = server;
  return [
    `NATS Streaming ${version}, cluster ${cluster_id}, ${state}, up ${uptime}: ${clients} clients, ` +
      `${server.channels} channels, ${server.subscriptions} subscriptions, ${total_msgs} messages, ${total_bytes} bytes`,
    ...channels.flatMap(linesOf),
    ...missing.map((name) => `\n${name}: not there yet, nobody has published or subscribed`),
  ];
}

function linesOf(channel: Inspected): string[] {
  const { name, msgs, bytes, first_seq, last_seq, subscriptions, consumers } = channel;
  const lines = ['', `${name}: ${msgs} messages, ${bytes} bytes, sequences ${first_seq} to ${last_seq}`];
  if (subscriptions.length === 0) lines.push('no subscriptions');
  else lines.push(subscriptionTable(channel));
  if (consumers.length > 0) lines.push(consumerTable(consumers));
  return lines;
}

function subscriptionTable(channel: Inspected): string {
  const head = ['group', 'durable', 'client', 'last sent', 'not sent', 'in flight', 'max', 'ack wait', 'state'];
  const rows = channel.subscriptions.map((subscription) => {
    const { client_id, last_sent, pending_count, max_inflight, ack_wait } = subscription;
    const { group, durable } = namesOf(subscription);
    const names = [group ?? '-', durable ?? '-', client_id];
    const counts = [last_sent, notSent(channel, subscription), pending_count, max_inflight];
    return [...names, ...counts, `${ack_wait} s`, stateOf(subscription)];
  });
  return table(head, rows);
}

/** What the services count, by group. */
export function consumerTable(consumers: readonly ConsumerFacts[]): string {
  const head = ['group', 'handled up to', 'failing', 'attempts', 'parked', 'dead letters', 'redriven'];
  const rows = consumers.map(({ group, handledUpTo, failing, parked, deadLetters }) => [
    ...[group, handledUpTo ?? '-', failing.messages, failing.attempts, parked, deadLetters.dead, deadLetters.redriven],
  ]);
  return table(head, rows);
}
