import { JetStreamApiCodes, type StoredMsg } from '@nats-io/jetstream';
import { BROKER_WAITS } from '../../runtime/policies';
import { uniqueClientId } from '../client-id';
import { EngineClient } from '../engine-client';
import { readNatsUrl, shownNatsUrl } from '../nats-url';
import type {
  Backlog,
  Broker,
  BrokerOptions,
  ConsumeOptions,
  Extent,
  Loss,
  Message,
  Position,
  PublishAck,
  PublishOptions,
  Subscription,
} from '../port';
import { isOtherStore, lossBetween } from './channel-loss';
import { ENGINE, isAnswer } from './failures';
import { consumerInfo } from './group-consumer';
import { JetStreamSession } from './jetstream-session';
import { consumerOf, filterOf, STREAM } from './names';
import { countAfter, readChannel } from './read-channel';
import { removedBetween } from './removed';
import { StateStream } from './states/state-stream';
import { StoreSafety } from './store-safety';
import { StoreWatch } from './store-watch';

export interface JetStreamBrokerOptions extends BrokerOptions {
  /** In the form of NATS_URL: see `readNatsUrl`. */
  readonly url: string;
  /**
   * Whether a stream that is not there is made. Default true; without it there is no connection then, as is right for a
   * program that only reads.
   */
  readonly mayCreate?: boolean;
  /** Bytes that a stream which is made here may take, and that the server reserves for it. Default: no limit. */
  readonly maxBytes?: number;
  /** The monitoring address of the server, such as http://nats:8222, where its settings can be read. */
  readonly monitorUrl?: string;
  /** Whether not to warn about a store that a power failure can damage. Default false. */
  readonly allowUnsafe?: boolean;
  /** Default 3,000 ms. */
  readonly pingIntervalMs?: number;
  /** Default 3: with the interval above a dead server is noticed after 12 s. */
  readonly maxPingsOut?: number;
}

/** `Broker` on NATS JetStream: one stream, a subject for each channel and aggregate, a durable pull consumer for each group in it. */
export class JetStreamBroker implements Broker {
  readonly engine = 'jetstream';
  private readonly client: EngineClient<JetStreamSession>;
  private readonly safety: StoreSafety;

  /** @throws NatsUrlError */
  constructor(options: JetStreamBrokerOptions) {
    const { answerMs, pingMs, missedPings } = BROKER_WAITS;
    const { url, clientIdPrefix, logger, timeoutMs = answerMs } = options;
    const { pingIntervalMs = pingMs, maxPingsOut = missedPings, mayCreate = true, maxBytes } = options;
    const [server, watch] = [readNatsUrl(url), new StoreWatch(logger)];
    const engine = { name: ENGINE, place: { url: shownNatsUrl(url) }, settings: 'NATS_URL (host, port, user)' };
    this.safety = new StoreSafety(logger, options);
    const open = (signal: AbortSignal) =>
      JetStreamSession.open({
        ...{ server, clientId: uniqueClientId(clientIdPrefix), logger, watch, safety: this.safety },
        ...{ pingIntervalMs, maxPingsOut, timeoutMs, mayCreate, maxBytes, signal },
      });
    this.client = new EngineClient(engine, options, open);
  }

  isConnected(): boolean {
    return this.client.isConnected();
  }

  downSince(): Date | undefined {
    return this.client.connection.downSince();
  }

  onConnected(callback: () => void): () => void {
    return this.client.connection.onConnected(callback);
  }

  publish(channel: string, payload: string, options?: PublishOptions): Promise<PublishAck> {
    return this.client.publish(channel, payload, options);
  }

  refusedChannels(): readonly string[] {
    return this.client.refusedChannels();
  }

  consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void): Subscription {
    return this.client.consume(channel, options, onMessage);
  }

  async forgetGroup(channel: string, group: string): Promise<void> {
    await this.ask(channel, async (session, prefixed) => {
      const name = consumerOf(prefixed, group);
      await session.ask((manager) =>
        manager.consumers.delete(STREAM, name).catch((error: unknown) => {
          if (!isAnswer(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
        }),
      );
    });
  }

  async *readAll(channel: string, { after }: { readonly after?: Position | undefined } = {}) {
    const session = this.client.connection.need();
    const subject = filterOf(this.client.prefix + channel);
    const last = await this.ask(channel, () => session.message({ last_by_subj: subject }));
    if (!last) return;
    const from = after && !isOtherStore(after, session.store) ? after.sequence + 1 : 1;
    yield* readChannel(session, { channel, subject, from, last: last.seq });
  }

  extent(channel: string): Promise<Extent | 'empty'> {
    return this.ask(channel, async (session, prefixed) => {
      const subject = filterOf(prefixed);
      const [first, last] = await Promise.all([
        session.message({ seq: 1, next_by_subj: subject }),
        session.message({ last_by_subj: subject }),
      ]);
      if (!first || !last) return 'empty';
      const at = (message: StoredMsg) => positionOf(message, session.store);
      return { first: at(first), last: at(last), held: 1 + (await countAfter(session, subject, first.seq)) };
    });
  }

  lossSince(channel: string, reached: Position | undefined): Promise<Loss | undefined> {
    return this.ask(channel, async (session, prefixed) => {
      const subject = filterOf(prefixed);
      await session.checkStore();
      const isKnown = reached && !isOtherStore(reached, session.store);
      const newest = isKnown && (await session.message({ last_by_subj: subject }));
      const replaced = newest && lossBetween(reached, positionOf(newest, session.store));
      if (replaced) return replaced;
      const from = isKnown ? reached.sequence + 1 : 1;
      const next = await session.message({ seq: from, next_by_subj: subject });
      if (!next) return undefined;
      if (reached && !isKnown) return { kind: 'new-store', offered: positionOf(next, session.store) };
      const removed = await session.ask((manager) => removedBetween(manager, from, next.seq - 1));
      return removed && { kind: 'lost', ...removed, offered: positionOf(next, session.store) };
    });
  }

  readonly lossBetween = lossBetween;

  backlog(channel: string, group: string): Promise<Backlog | undefined> {
    return this.ask(channel, async (session, prefixed) => {
      const info = await session.ask((manager) => consumerInfo(manager, consumerOf(prefixed, group)));
      if (!info) return undefined;
      return { pending: info.num_pending, unacked: info.num_ack_pending, redelivered: info.num_redelivered };
    });
  }

  unsafeBecause(): string | undefined {
    return this.safety.unsafeBecause;
  }

  /** The states of the aggregates of a kind, such as `ticket`. They are no part of the port: no other engine has them. */
  states(aggregate: string): StateStream {
    return new StateStream(() => this.client.connection.need(), this.client.prefix + aggregate);
  }

  close(): Promise<void> {
    return this.client.connection.close();
  }

  private ask<T>(channel: string, ask: (session: JetStreamSession, prefixed: string) => Promise<T>): Promise<T> {
    return this.client.ask(channel, ({ message }) => `${ENGINE} does not answer about ${channel}: ${message}`, ask);
  }
}

function positionOf(message: StoredMsg, store: string): Position {
  return { sequence: message.seq, storedAt: Date.parse(message.timestamp), store };
}
