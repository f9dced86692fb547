import type { MonitoredChannel, MonitoredSubscription } from './streaming';

/** `offline`: a durable whose client is away. `stalled`: so many are in flight that the server sends nothing new. */
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
 * How many messages of the channel the subscription was not sent; of a queue group, what no member there now was sent: at most so many,
 * because a member that left may have been sent more. What the limits of the store have removed does not count.
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
