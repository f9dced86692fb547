import { contracts } from '@ticketing/common';
import { lookAtJetStream, namesOf, notSent, readChannels, stateOf } from '@ticketing/nats-streaming';
import type { Engine } from '@ticketing/servers';
import { groupOf, serviceNames } from '@ticketing/services';
import type { GroupRow } from '../page/model/system';

export interface BrokerLook {
  readonly groups: readonly GroupRow[];
  /** Changes whenever a channel has a new message. By channel, or `*` where only the sum is known. */
  readonly newest: ReadonlyMap<string, number>;
}

/** Others, such as that of a listener of the course, may stay behind. */
const GROUPS: readonly string[] = serviceNames.map(groupOf);

/** The groups of the services and how far they are, from the monitoring port. @throws CommandError when it cannot be read */
export async function lookAtBroker(engine: Engine, monitorUrl: string): Promise<BrokerLook> {
  const ours = Object.keys(contracts);
  if (engine === 'jetstream') {
    const { stream, consumers } = await lookAtJetStream(monitorUrl, ours);
    const groups = consumers.map(({ channel, name, num_ack_pending: inFlight, num_pending }) => ({
      ...{ channel, group: name.split('__', 1)[0] ?? name, inFlight, notSent: num_pending, state: 'ready' },
    }));
    return {
      groups: groups.filter(({ group }) => GROUPS.includes(group)),
      newest: new Map(stream ? [['*', stream.state.last_seq]] : []),
    };
  }
  const channels = (await readChannels(monitorUrl)).filter(({ name }) => ours.includes(name));
  return {
    newest: new Map(channels.map(({ name, last_seq }) => [name, last_seq])),
    groups: channels.flatMap((channel) => {
      const byGroup = new Map<string, GroupRow>();
      for (const subscription of channel.subscriptions) {
        const { group } = namesOf(subscription);
        if (group === null || !GROUPS.includes(group)) continue;
        const before = byGroup.get(group);
        byGroup.set(group, {
          ...{ channel: channel.name, group, notSent: notSent(channel, subscription), state: stateOf(subscription) },
          inFlight: (before?.inFlight ?? 0) + subscription.pending_count,
        });
      }
      return [...byGroup.values()];
    }),
  };
}
