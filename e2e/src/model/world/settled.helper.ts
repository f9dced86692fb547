import { filterOf } from '@ticketing/common/jetstream-names';
import type { Engine } from '@ticketing/servers';

/** What NATS Streaming says of a channel, as far as it is used here. */
interface Channel {
  readonly last_seq: number;
  readonly subscriptions?: readonly { readonly last_sent: number; readonly pending_count: number }[];
}

/** The same of the consumers of JetStream. */
interface Consumer {
  readonly delivered: { readonly stream_seq: number };
  readonly num_ack_pending: number;
  readonly config: { readonly filter_subject?: string };
}

interface Accounts {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly consumer_detail?: readonly Consumer[] }[];
  }[];
}

/**
 * Tells whether every message of a channel is delivered and acked, by the server's own state. JetStream acks a publish
 * before its consumers have the message, so there it must be told up to which sequence.
 * @param monitorUrl where the server can be asked
 */
export function settledOn(engine: Engine, monitorUrl: string): (channel: string, upTo: number) => Promise<boolean> {
  const ask = async (path: string): Promise<unknown> => (await fetch(`${monitorUrl}${path}`)).json();
  if (engine === 'streaming') {
    return async (channel) => {
      const path = `/streaming/channelsz?channel=${encodeURIComponent(channel)}&subs=1`;
      const { last_seq, subscriptions = [] } = (await ask(path)) as Channel;
      const pending = subscriptions.reduce((sum, { pending_count }) => sum + pending_count, 0);
      return pending === 0 && Math.max(0, ...subscriptions.map(({ last_sent }) => last_sent)) === last_seq;
    };
  }
  return async (channel, upTo) => {
    const { account_details = [] } = (await ask('/jsz?consumers=true&config=true')) as Accounts;
    const streams = account_details.flatMap(({ stream_detail = [] }) => stream_detail);
    const groups = streams
      .flatMap(({ consumer_detail = [] }) => consumer_detail)
      .filter(({ config }) => config.filter_subject === filterOf(channel));
    const isDone = ({ delivered, num_ack_pending }: Consumer) => delivered.stream_seq >= upTo && num_ack_pending === 0;
    return groups.length > 0 && groups.every(isDone);
  };
}
