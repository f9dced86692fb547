import { AckPolicy, DiscardPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import { readNatsUrl } from '@ticketing/common';
import { consumerOf, filterOf, STREAM, subjectOf, SUBJECTS } from '@ticketing/common/jetstream-names';
import type { Engine } from '@ticketing/servers';
import { connect as connectStan, type Message } from 'node-nats-streaming';

export interface SubscribeOptions {
  /** How many unacked messages the subscriber has at most. Without it 64, as many as a listener of the services. */
  readonly inFlight?: number;
  /** After this time (ms) an unacked message comes again. Without it 30 s. */
  readonly ackWaitMs?: number;
}

const DEFAULTS = { inFlight: 64, ackWaitMs: 30_000 };

/** The plain client of an engine, as one would use it without the adapter of this system. */
export interface BareClient {
  /** Resolves when the broker has stored the message. Messages are sent in the order of the calls. */
  publish(channel: string, payload: string): Promise<void>;
  /** Delivers the channel from its first message on; `group` keeps its position. Resolves when it is subscribed. */
  subscribe(
    channel: string,
    group: string,
    handle: (payload: string, ack: () => void) => void,
    options?: SubscribeOptions,
  ): Promise<void>;
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
    subscribe: (channel, group, handle, given) => {
      const { inFlight, ackWaitMs } = { ...DEFAULTS, ...given };
      const options = stan.subscriptionOptions().setDeliverAllAvailable().setManualAckMode(true).setAckWait(ackWaitMs);
      options.setDurableName(group).setMaxInFlight(inFlight);
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
    subscribe: async (channel, group, handle, given) => {
      const { inFlight, ackWaitMs } = { ...DEFAULTS, ...given };
      const name = consumerOf(channel, group);
      const filter = { filter_subject: filterOf(channel), ack_policy: AckPolicy.Explicit };
      await manager.consumers.add(STREAM, { durable_name: name, ack_wait: nanos(ackWaitMs), ...filter });
      const consumer = await client.consumers.get(STREAM, name);
      const callback = (message: { string(): string; ack(): void }) => handle(message.string(), () => message.ack());
      await consumer.consume({ max_messages: inFlight, callback });
    },
    close: () => nats.close(),
  };
}
