import { table } from '@ticketing/command-line';
import type { Heartbeat } from './heartbeat';
import type { Seen, SeenClient, SeenSubscription } from './look';
import type { Paint } from './paint';
import type { MonitoredStore } from './streaming';

/** Lines for people. */
export function describe(seen: Seen, paint: Paint): string[] {
  const { server, store, clients, channels, subscriptions, missing } = seen;
  const { version, cluster_id, state, role, start_time, uptime } = server;
  const serverRow = [version, cluster_id, role ? `${state}, ${role}` : state, second(start_time), uptime];
  const storeRow = [store.type, store.total_msgs, store.total_bytes, limitsOf(store)];
  return [
    ...table(['server', 'cluster', 'state', 'up since', 'for'], [serverRow]).split('\n'),
    '',
    ...table(['store', 'messages', 'bytes', 'limits'], [storeRow]).split('\n'),
    '',
    count('clients', clients, ({ heartbeat }) => heartbeat.state, paint),
    ...clientTable(clients, paint),
    '',
    `${channels.length} channels`,
    ...tableOf(
      ['channel', 'messages', 'bytes', 'first', 'last'],
      channels.map(({ name, msgs, bytes, first_seq, last_seq }) => [name, msgs, bytes, first_seq, last_seq]),
    ),
    ...missing.map((name) => `${name} is not there: nobody has published or subscribed`),
    '',
    count('subscriptions', subscriptions, (subscription) => subscription.state, paint),
    ...subscriptionTable(subscriptions, clients, paint),
  ];
}

/** A heading that names what needs attention: a table can be longer than the screen. */
function count<T>(what: string, all: readonly T[], stateOf: (one: T) => Parameters<Paint>[0], paint: Paint): string {
  const notable = (['no connection', 'silent', 'unknown', 'offline', 'stalled'] as const).flatMap((state) => {
    const found = all.filter((one) => stateOf(one) === state).length;
    return found > 0 ? [paint(state, `${found} ${state}`)] : [];
  });
  return `${all.length} ${what}${notable.length > 0 ? `: ${notable.join(', ')}` : ''}`;
}

function clientTable(clients: readonly SeenClient[], paint: Paint): string[] {
  const rows = clients.map(({ id, since, heartbeat }) => [
    ...[id, since === null ? '-' : second(since), paint(heartbeat.state, wordsOf(heartbeat))],
  ]);
  return tableOf(['client', 'since', 'heartbeats'], rows);
}

function subscriptionTable(
  subscriptions: readonly SeenSubscription[],
  clients: readonly SeenClient[],
  paint: Paint,
): string[] {
  const states = new Map(clients.map(({ id, heartbeat }) => [id, heartbeat.state]));
  const head = ['channel', 'group', 'durable', 'client', 'in flight', 'max', 'pending', 'ack wait', 'state'];
  const rows = subscriptions.map((subscription) => {
    const { channel, group, durable, client_id, pending_count, max_inflight, not_sent, ack_wait, state } = subscription;
    const client = paint(states.get(client_id) ?? 'ready', client_id);
    const words = [channel, group ?? '-', durable ?? '-', client];
    return [...words, pending_count, max_inflight, not_sent, `${ack_wait} s`, paint(state, state)];
  });
  return tableOf(head, rows);
}

function wordsOf({ state, quiet_ms, unanswered }: Heartbeat): string {
  if (state !== 'silent') return state;
  return `silent for ${Math.round((quiet_ms ?? 0) / 1000)} s, ${unanswered ?? 0} unanswered`;
}

/** In the words of the options that set them; a time is in nanoseconds. 0 is no limit. */
function limitsOf({ limits }: MonitoredStore): string {
  const { channels = {}, ...ofAll } = limits;
  const valueOf = (name: string, value: number) =>
    name === 'max_age' || name === 'max_inactivity' ? `${value / 1e9} s` : String(value);
  const set = Object.entries(ofAll).flatMap(([name, value]) =>
    value === 0 ? [] : [`${name} ${valueOf(name, value)}`],
  );
  const own = Object.keys(channels).length;
  if (own > 0) set.push(`${own} channels with their own`);
  return set.length > 0 ? set.join(', ') : 'none';
}

function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return rows.length > 0 ? table(head, rows).split('\n') : [];
}

/** 2026-01-31T12:00:00.123456789Z without what a second has. */
function second(time: string): string {
  return time.replace(/\.\d+/, '');
}
