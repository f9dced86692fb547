import { table, visible } from '@ticketing/command-line';
import type { SeenConsumer, SeenJetStream } from './look';

/** Lines for people: tables with an empty line between them. */
export function describeJetStream({ server, stream, consumers, missing }: SeenJetStream): string[] {
  const { version, server_name, start, uptime, connections, sync_always } = server;
  const sync = sync_always ? 'before each ack' : 'NOT before each ack: a power failure takes what it has acked';
  return [
    ...rows(['server', 'name', 'up since', 'for', 'clients'], [[version, server_name, start, uptime, connections]]),
    `syncs ${sync}`,
    '',
    ...streamLines(stream),
    ...(consumers.length > 0 ? ['', ...consumerTable(consumers), ...ledElsewhere(consumers, server_name)] : []),
    ...missing.map((name) => `no group reads ${visible(name)}`),
  ];
}

function streamLines(stream: SeenJetStream['stream']): string[] {
  if (!stream) return ['there is no stream yet: nobody has published or subscribed'];
  const { name, created, config, state } = stream;
  const { messages, bytes, first_seq, last_seq } = state;
  const cells = [name, created, config.num_replicas, messages, bytes, first_seq, last_seq];
  return rows(['stream', 'made', 'replicas', 'messages', 'bytes', 'first', 'last'], [cells]);
}

/** The group's name is the first part of the consumer's (docs/decisions/0016). */
function consumerTable(consumers: readonly SeenConsumer[]): string[] {
  const head = ['channel', 'consumer', 'in flight', 'redelivered', 'pending', 'acked up to', 'waiting', 'ack wait'];
  return rows(
    head,
    consumers.map((one) => [
      ...[visible(one.channel), visible(one.name), one.num_ack_pending, one.num_redelivered, one.num_pending],
      ...[one.ack_floor.stream_seq, one.num_waiting, `${one.config.ack_wait / 1e9} s`],
    ]),
  );
}

/** A follower has old numbers of what is pending, and none of what waits. */
function ledElsewhere(consumers: readonly SeenConsumer[], here: string): string[] {
  const others = consumers.filter(({ cluster }) => cluster && cluster.leader !== here);
  if (others.length === 0) return [];
  const leaders = [...new Set(others.map(({ cluster }) => cluster?.leader ?? 'nobody now'))].sort().join(', ');
  return [
    `${others.length} of them have another leader (${leaders}): their "pending" and "waiting" are right only there`,
  ];
}

function rows(head: readonly string[], cells: readonly (readonly (string | number)[])[]): string[] {
  return table(head, cells).split('\n');
}
