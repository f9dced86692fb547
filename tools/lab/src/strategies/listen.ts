import type { PriceEvent } from '../story/story';
import type { Leave, Member } from './strategy';

/** The channel for all tickets: the subject of the contract. */
export const CHANNEL = 'ticket:updated';

export interface ListenOptions {
  readonly channel?: string;
  readonly maxInFlight?: number;
}

/**
 * Joins the queue group of a channel and calls `handle` with each event as it comes, without waiting for the one before.
 * Acks when it returns; when it throws, nothing is acked and the server delivers the message again after the ack wait.
 */
export function listen(
  member: Pick<Member, 'broker' | 'group' | 'maxInFlight' | 'ackWaitMs'>,
  handle: (event: PriceEvent) => Promise<void>,
  { channel = CHANNEL, maxInFlight = member.maxInFlight }: ListenOptions = {},
): Leave {
  const running = new Set<Promise<void>>();
  const options = { group: member.group, ackWaitMs: member.ackWaitMs, maxInFlight };
  const subscription = member.broker.consume(channel, options, (message) => {
    const handled = handle(JSON.parse(message.payload) as PriceEvent)
      .then(
        () => message.ack(),
        () => undefined, // not acked: it comes again
      )
      .finally(() => running.delete(handled));
    running.add(handled);
  });
  return async () => {
    await subscription.close();
    await Promise.all(running);
  };
}
