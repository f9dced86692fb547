import { table, visible, visibleColoured } from '@ticketing/command-line';
import type { Heartbeat } from './heartbeat';
import type { Seen } from './look';
import { paintState, type State } from './paint';
import type { MonitoredServer, MonitoredStore } from './streaming';

/** Lines for people: tables with an empty line between them, without empty tables. */
export function describe(seen: Seen): string[] {
  const blocks = [
    serverTable(seen.server),
    storeTable(seen.store),
    [summary(seen)],
    clientTable(seen),
    channelTable(seen),
    subscriptionTable(seen),
  ].filter((lines) => lines.length > 0);
  return blocks.flatMap((lines, n) => (n === 0 ? lines : ['', ...lines]));
}

function serverTable({ version, cluster_id, state, role, start_time, uptime }: MonitoredServer): string[] {
  const row = [version, cluster_id, role ? `${state}, ${role}` : state, second(start_time), uptime];
  return tableOf(['server', 'cluster', 'state', 'up since', 'for'], [row]);
}

function storeTable({ type, total_msgs, total_bytes, limits }: MonitoredStore): string[] {
  return tableOf(['store', 'messages', 'bytes', 'limits'], [[type, total_msgs, total_bytes, limitsOf(limits)]]);
}

/** The counts, and what needs attention, because a table can be longer than the screen. */
function summary({ clients, channels, subscriptions }: Seen): string {
  const count = (what: string, states: readonly State[]) => {
    const notable = (['no connection', 'silent', 'unknown', 'offline', 'stalled'] as const).flatMap((state) => {
      const found = states.filter((one) => one === state).length;
      return found > 0 ? [paintState(state, `${found} ${state}`)] : [];
    });
    return `${what}: ${[states.length, ...notable].join(', ')}`;
  };
  const ofClients = count(
    'clients',
    clients.map(({ heartbeat }) => heartbeat.state),
  );
  const ofSubscriptions = count(
    'subscriptions',
    subscriptions.map(({ state }) => state),
  );
  return [ofClients, `channels: ${channels.length}`, ofSubscriptions].join('; ');
}

function clientTable({ clients }: Seen): string[] {
  const rows = clients.map(({ id, since, heartbeat }) => [
    ...[visible(id), since === null ? '-' : second(since), paintState(heartbeat.state, wordsOf(heartbeat))],
  ]);
  return tableOf(['client', 'since', 'heartbeats'], rows);
}

function channelTable({ channels, missing }: Seen): string[] {
  const rows = channels.map(({ name, msgs, bytes, first_seq, last_seq }) => [
    visible(name),
    msgs,
    bytes,
    first_seq,
    last_seq,
  ]);
  return [
    ...tableOf(['channel', 'messages', 'bytes', 'first', 'last'], rows),
    ...missing.map((name) => `${visible(name)} is not there: nobody has published or subscribed`),
  ];
}

function subscriptionTable({ subscriptions, clients }: Seen): string[] {
  const states = new Map(clients.map(({ id, heartbeat }) => [id, heartbeat.state]));
  const head = ['channel', 'group', 'durable', 'client', 'in flight', 'max', 'pending', 'ack wait', 'state'];
  const rows = subscriptions.map((subscription) => {
    const { channel, group, durable, client_id, pending_count, max_inflight, not_sent, ack_wait, state } = subscription;
    const client = paintState(states.get(client_id) ?? 'ready', client_id);
    const words = [...[channel, group ?? '-', durable ?? '-'].map((name) => visible(name)), client];
    return [...words, pending_count, max_inflight, not_sent, `${ack_wait} s`, paintState(state, state)];
  });
  return tableOf(head, rows);
}

function wordsOf({ state, quiet_ms, unanswered }: Heartbeat): string {
  if (state !== 'silent') return state;
  return `silent for ${Math.round((quiet_ms ?? 0) / 1000)} s, ${unanswered ?? 0} unanswered`;
}

/** Named like the options that set them; a time is in nanoseconds. 0 means no limit. */
function limitsOf({ channels = {}, ...ofAll }: MonitoredStore['limits']): string {
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
  return rows.length > 0 ? table(head, rows, visibleColoured).split('\n') : [];
}

/** 2026-01-31T12:00:00.123456789Z without what a second has. */
function second(time: string): string {
  return time.replace(/\.\d+/, '');
}
