import type { MonitoredChannel, MonitoredSubscription } from './streaming';

/** `offline`: a durable whose client is away. `stalled`: too many are in flight, so the server sends nothing new. */
export type SubscriptionState = 'ready' | 'stalled' | 'offline';

export function stateOf({ is_offline, is_stalled }: MonitoredSubscription): SubscriptionState {
  if (is_offline) return 'offline';
  return is_stalled ? 'stalled' : 'ready';
}

/** The queue group and the durable of a subscription, null when it has none. */
export function namesOf({ queue_name, durable_name }: MonitoredSubscription): {
  readonly group: string | null;
  readonly durable: string | null;
} {
  if (queue_name === undefined) return { group: null, durable: durable_name ?? null };
  const [first = '', ...rest] = queue_name.split(':');
  return rest.length > 0 ? { group: rest.join(':'), durable: first } : { group: first, durable: null };
}

/**
 * How many messages of the channel were not sent to the subscription. For a queue group it counts messages that no
 * present member was sent; that is an upper bound, because a member that left may have got more. Messages that the
 * limits of the store have removed do not count.
 */
export function notSent(
  { subscriptions, first_seq, last_seq }: MonitoredChannel,
  subscription: MonitoredSubscription,
): number {
  const { queue_name } = subscription;
  const ofGroup = queue_name === undefined ? [subscription] : subscriptions.filter((s) => s.queue_name === queue_name);
  const sent = Math.max(...ofGroup.map((member) => member.last_sent));
  return Math.max(0, last_seq - Math.max(sent, first_seq - 1));
}
