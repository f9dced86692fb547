import { AckPolicy, DiscardPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readNatsUrl } from '@ticketing/common';
import { consumerOf, filterOf, STREAM, subjectOf, SUBJECTS } from '@ticketing/common/jetstream-names';
import type { Engine } from '@ticketing/servers';
import { connect as connectStan, type Message } from 'node-nats-streaming';

/** How many unacked messages a subscriber has at most: as many as a listener of the services. */
const IN_FLIGHT = 64;

/** The plain client of an engine, as one would use it without the adapter of this system. */
export interface BareClient {
  /** Resolves when the broker has stored the message. Messages are sent in the order of the calls. */
  publish(channel: string, payload: string): Promise<void>;
  /** Delivers the channel from its first message on; `group` keeps its position. Resolves when it is subscribed. */
  subscribe(channel: string, group: string, handle: (payload: string, ack: () => void) => void): Promise<void>;
  close(): Promise<void>;
}

export interface BareClientOptions {
  readonly engine: Engine;
  readonly url: string;
  readonly clusterId: string;
  readonly id: string;
}

/** Resolves when it is connected. */
export function bareClient(options: BareClientOptions): Promise<BareClient> {
  return options.engine === 'jetstream' ? onJetStream(options) : onStreaming(options);
}

async function onStreaming({ url, clusterId, id }: BareClientOptions): Promise<BareClient> {
  const stan = connectStan(clusterId, `${id}-${process.pid}`, readNatsUrl(url));
  await new Promise((resolve) => stan.once('connect', resolve));
  return {
    publish: (channel, payload) =>
      new Promise((resolve, reject) => stan.publish(channel, payload, (error) => (error ? reject(error) : resolve()))),
    subscribe: (channel, group, handle) => {
      const options = stan.subscriptionOptions().setDeliverAllAvailable().setManualAckMode(true).setAckWait(30_000);
      options.setDurableName(group).setMaxInFlight(IN_FLIGHT);
      const subscription = stan.subscribe(channel, group, options);
      subscription.on('message', (message: Message) => handle(String(message.getData()), () => message.ack()));
      return new Promise((resolve) => subscription.once('ready', resolve));
    },
    close: () =>
      new Promise((resolve) => {
        stan.once('close', resolve);
        stan.close();
      }),
  };
}

async function onJetStream({ url, id }: BareClientOptions): Promise<BareClient> {
  const nats = await connect({ servers: url, name: id });
  const [client, manager] = [jetstream(nats), await jetstreamManager(nats)];
  const settings = { subjects: [SUBJECTS], discard: DiscardPolicy.New, allow_direct: true };
  await manager.streams.info(STREAM).catch(() => manager.streams.add({ name: STREAM, ...settings }));
  return {
    publish: async (channel, payload) => void (await client.publish(subjectOf(channel), payload)),
    subscribe: async (channel, group, handle) => {
      const name = consumerOf(channel, group);
      const filter = { filter_subject: filterOf(channel), ack_policy: AckPolicy.Explicit };
      await manager.consumers.add(STREAM, { durable_name: name, ...filter });
      const consumer = await client.consumers.get(STREAM, name);
      const callback = (message: { string(): string; ack(): void }) => handle(message.string(), () => message.ack());
      await consumer.consume({ max_messages: IN_FLIGHT, callback });
    },
    close: () => nats.close(),
  };
}
