import { type Broker, contracts, encodeEvent, type Subject } from '@ticketing/common';
import { newMeta, silentLogger, testBroker, uniqueName } from '@ticketing/testing';
import { type Restartable, restartableJetStream, restartableNats } from '@ticketing/servers';

export const CHANNELS = Object.keys(contracts) as Subject[];

/** A NATS Streaming and a JetStream, both a suite's own. */
export class Sides {
  private readonly brokers: Broker[] = [];

  private constructor(
    readonly old: Restartable,
    readonly next: Restartable,
  ) {}

  static async open(): Promise<Sides> {
    return new Sides(...(await Promise.all([restartableNats(), restartableJetStream()])));
  }

  /** Connections to both. @param prefix of the channels; by default of this pair's own */
  async connect(prefix = `${uniqueName()}.`): Promise<{ from: Broker; to: Broker; prefix: string }> {
    const [from, to] = await Promise.all([
      testBroker(prefix, silentLogger(), { engine: 'streaming', natsUrl: this.old.url, natsClusterId: 'ticketing' }),
      testBroker(prefix, silentLogger(), { engine: 'jetstream', natsUrl: this.next.url, natsClusterId: 'ticketing' }),
    ]);
    this.brokers.push(from, to);
    return { from, to, prefix };
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.brokers.splice(0).map((broker) => broker.close()));
  }

  async close(): Promise<void> {
    await this.disconnect();
    await Promise.all([this.old.remove(), this.next.remove()]);
  }
}

/** The event of one version of a ticket. */
export function ticketEvent(id: string, version: number): { channel: Subject; payload: string } {
  const channel = version === 0 ? 'ticket:created' : 'ticket:updated';
  const state = { id, version, title: `at version ${version}`, price: 20, userId: 'alice' };
  return { channel, payload: encodeEvent(channel, { ...state, meta: newMeta() }) };
}

/** Publishes so many versions of each ticket, in their order. */
export async function publishTickets(broker: Broker, ids: readonly string[], versions: number): Promise<void> {
  for (let version = 0; version < versions; version += 1) {
    const publish = (id: string) => {
      const { channel, payload } = ticketEvent(id, version);
      return broker.publish(channel, payload, { aggregate: id });
    };
    await Promise.all(ids.map(publish));
  }
}

/** The payloads of all messages, by channel, in their order. */
export async function payloadsIn(broker: Broker): Promise<Record<string, string[]>> {
  const read = async (channel: string) => {
    const payloads: string[] = [];
    for await (const { payload } of broker.readAll(channel)) payloads.push(payload);
    return [channel, payloads] as const;
  };
  return Object.fromEntries(await Promise.all(CHANNELS.map(read)));
}

/** What `payloadsIn` gives, in the order of text. */
export async function sortedIn(broker: Broker): Promise<Record<string, string[]>> {
  const all = Object.entries(await payloadsIn(broker));
  return Object.fromEntries(all.map(([channel, payloads]) => [channel, payloads.toSorted()]));
}
