import { Gauge, type Registry } from 'prom-client';
import { refusalReasons } from '../events/order';

/**
 * Gauges of what a process holds and whether it makes progress. They are read when scraped, so they cost nothing
 * otherwise.
 */
export interface ResourceMetrics {
  readonly httpRequestsInFlight: Gauge;
  /** Connections to MongoDB; `state` is `in_use` or `idle`. */
  readonly poolConnections: Gauge<'state'>;
  /** Operations that wait for a connection. */
  readonly poolWaiting: Gauge;
  readonly poolMax: Gauge;
  /** 1 or 0. */
  readonly natsConnected: Gauge;
  /** 1 when a power failure may take what the broker has acked, as far as that is known; else 0. */
  readonly brokerUnsafe: Gauge;
  /** Messages that no member of the group was sent yet. Only engines that tell it to their clients have these three. */
  readonly brokerPending: Gauge<'group' | 'subject'>;
  /** Messages that a member was sent, and that are not acked. */
  readonly brokerUnacked: Gauge<'group' | 'subject'>;
  /** Those of them that were sent more than once. */
  readonly brokerRedelivered: Gauge<'group' | 'subject'>;
  /** Messages of a group that this process got and has not finished. */
  readonly consumerInHand: Gauge<'group'>;
  /** How long this process has finished none of them; 0 when it has none. */
  readonly consumerStalledSeconds: Gauge<'group'>;
  /** 1 while this process handles nothing because MongoDB is away. */
  readonly consumerPaused: Gauge<'group'>;
  /** How long ago the oldest remaining one should have expired. */
  readonly expiryOverdueSeconds: Gauge<'aggregate'>;
  /** Within the last hour, up to 1,000, by a RefusalReason. */
  readonly paymentsRefused: Gauge<'reason'>;
}

export function resourceMetrics(registers: Registry[]): ResourceMetrics {
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `ticketing_${name}`, help, labelNames, registers });
  return {
    httpRequestsInFlight: gauge('http_requests_in_flight', 'Requests whose replies are not out'),
    poolConnections: gauge('mongo_pool_connections', 'Connections to MongoDB: in_use or idle', 'state'),
    poolWaiting: gauge('mongo_pool_waiting', 'Operations that wait for a connection to MongoDB'),
    poolMax: gauge('mongo_pool_max', 'The most connections to one MongoDB server; 0: no limit, or not connected yet'),
    natsConnected: gauge('nats_connected', 'Whether the broker is connected: 1 or 0'),
    brokerUnsafe: gauge('broker_unsafe', '1 when a power failure may take what the broker has acked, else 0'),
    brokerPending: gauge('broker_pending', 'Messages that no member of the group was sent yet', 'group', 'subject'),
    brokerUnacked: gauge(
      'broker_unacked',
      'Messages that were sent to the group and are not acked',
      'group',
      'subject',
    ),
    brokerRedelivered: gauge('broker_redelivered', 'Of these, messages that were sent before', 'group', 'subject'),
    consumerInHand: gauge('consumer_in_hand', 'Messages that this process was given and has not finished', 'group'),
    consumerStalledSeconds: gauge(
      'consumer_stalled_seconds',
      'How long this process has finished no message although it has some in hand',
      'group',
    ),
    consumerPaused: gauge('consumer_paused', '1 while no message is handled because MongoDB is away', 'group'),
    expiryOverdueSeconds: gauge(
      'expiry_oldest_overdue_seconds',
      'How long ago the oldest that is still active should have expired; 0 when nothing is due',
      'aggregate',
    ),
    paymentsRefused: gauge(
      'payments_refused_last_hour',
      `Payments refused within the last hour, up to 1,000, by reason: ${refusalReasons.join(', ')}`,
      'reason',
    ),
  };
}
