import { createInbox, type Msg, nanos, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { payloadOf } from '../../events/stored-message';
import { BACK_OFF, PULL } from '../../runtime/policies';
import { retryWithBackOff, within } from '../../runtime/retry';
import { NoAnswerError } from '../errors';
import type { ConsumeOptions, Message } from '../port';
import { type Delivered, delivered } from './delivered';
import { InHand } from './in-hand';
import { STREAM } from './names';

/** The client that a subscription is made on. */
export interface PullHost {
  readonly nats: NatsConnection;
  /** The store, for the position of its messages. */
  readonly store: string;
  readonly over: AbortSignal;
  /** Ends the client. */
  fail(reason: Error): void;
}

export interface PullOptions extends Pick<ConsumeOptions, 'ackWaitMs' | 'maxInFlight'> {
  readonly consumer: string;
  /** Makes the consumer if it is gone. Rejects when that fails. */
  readonly need: () => Promise<unknown>;
  readonly onMessage: (message: Omit<Message, 'channel'>) => void;
}

/**
 * One member of a group: it asks the group's consumer for as many messages as it has room for. A message takes its room
 * until it is acked or given back, or its ack wait has passed. A request that the server has forgotten (a new leader, a
 * restart, a deleted consumer) is noticed by the missing heartbeat, and asked again.
 */
export class PulledSubscription {
  private readonly inbox = createInbox();
  private readonly inHand: InHand<Delivered>;
  private readonly ended = new AbortController();
  private readonly subscription: Subscription;
  private readonly look: NodeJS.Timeout;
  /** Messages asked for and not sent yet. */
  private asked = 0;
  private heardAt = Date.now();
  private willPull = false;
  private renewing = false;

  private constructor(
    private readonly host: PullHost,
    private readonly options: PullOptions,
  ) {
    this.inHand = new InHand(options.ackWaitMs, () => this.pullSoon());
    this.subscription = host.nats.subscribe(this.inbox, { callback: (error, msg) => this.receive(error, msg) });
    this.look = setInterval(() => void this.checkHeard(), PULL.lookEveryMs);
    this.look.unref();
    host.over.addEventListener('abort', this.stop);
  }

  /** Resolves once the server has the request. @throws what `options.need` throws */
  static async begin(host: PullHost, options: PullOptions): Promise<PulledSubscription> {
    await options.need();
    const pulled = new PulledSubscription(host, options);
    pulled.pull();
    await within(PULL.answerMs, host.nats.flush(), undefined);
    return pulled;
  }

  /**
   * Ends it. The messages that it has, and those on their way, go to the other members at once. Resolves when the
   * server has confirmed that, or after two seconds.
   */
  async close(): Promise<void> {
    const { over, nats } = this.host;
    if (this.ended.signal.aborted) return;
    this.stop();
    if (over.aborted) return;
    const ended = this.subscription.drain(); // what comes meanwhile is given back in `receive`
    for (const held of this.inHand.clear()) held.nak();
    await within(PULL.answerMs, Promise.allSettled([ended, nats.flush()]), undefined);
  }

  private readonly stop = (): void => {
    this.ended.abort();
    this.host.over.removeEventListener('abort', this.stop);
    clearInterval(this.look);
    if (this.host.over.aborted) this.inHand.clear();
  };

  private receive(error: Error | null, msg: Msg): void {
    if (error) return this.host.fail(error);
    this.heardAt = Date.now();
    const code = msg.headers?.code ?? 0;
    if (code !== 0) return this.hear(code, msg);
    const received = delivered(msg);
    this.asked = Math.max(0, this.asked - 1);
    if (this.ended.signal.aborted) return received.nak();
    this.deliver(received);
  }

  private deliver(received: Delivered): void {
    const { sequence, storedAt, deliveries, data } = received;
    const settle = this.inHand.add(received);
    const once = (act: () => void) => {
      if (settle() && !this.ended.signal.aborted && !this.host.over.aborted) act();
    };
    this.options.onMessage({
      ...{ sequence, storedAt, store: this.host.store },
      redelivered: deliveries > 1,
      payload: payloadOf(Buffer.from(data)),
      ack: () => once(() => received.ack()),
      retry: (afterMs) => once(() => received.nak(afterMs)),
    });
    this.pullSoon();
  }

  /**
   * What the server says about a request (nats-server, consumer.go): 100 it waits; 408 its time is over; 409 the
   * consumer has another leader, or is deleted, or the server shuts down; 503 nobody has such a consumer.
   */
  private hear(code: number, msg: Msg): void {
    if (code === 100) return;
    const left = Number(msg.headers?.get('Nats-Pending-Messages') || this.asked);
    this.asked = Math.max(0, this.asked - left);
    if (code === 408) this.pullSoon();
    else void this.renew();
  }

  private pullSoon(): void {
    if (this.willPull) return;
    this.willPull = true;
    setImmediate(() => {
      this.willPull = false;
      this.pull();
    });
  }

  /** Asks for what there is room for: a quarter of all at least, or whatever there is when nothing is asked for. */
  private pull(): void {
    const { maxInFlight, consumer } = this.options;
    const room = maxInFlight - this.inHand.size - this.asked;
    if (room <= 0 || (this.asked > 0 && room < maxInFlight / 4)) return;
    if (this.renewing || this.ended.signal.aborted || this.host.nats.isClosed()) return;
    const request = { batch: room, expires: nanos(PULL.endsAfterMs), idle_heartbeat: nanos(PULL.heartbeatMs) };
    if (this.asked === 0) this.heardAt = Date.now();
    this.asked += room;
    this.host.nats.publish(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${consumer}`, JSON.stringify(request), {
      reply: this.inbox,
    });
  }

  private async checkHeard(): Promise<void> {
    const { heardAt } = this;
    if (this.asked === 0 || this.renewing || Date.now() - heardAt < PULL.silenceMs) return;
    // A heartbeat that has arrived, and that a busy process has not read yet, is read before the answer to this ping.
    this.renewing = true;
    const flushed = this.host.nats.flush().then(() => true);
    const answered = await within(PULL.answerMs, flushed, false).catch(() => false);
    this.renewing = false;
    if (this.ended.signal.aborted) return;
    if (!answered) this.host.fail(new NoAnswerError('the server sends no heartbeat, and does not answer'));
    else if (this.heardAt === heardAt) await this.renew();
  }

  /** Makes sure that there is a consumer, and asks again. */
  private async renew(): Promise<void> {
    if (this.renewing || this.ended.signal.aborted) return;
    this.renewing = true;
    const renewed = retryWithBackOff(this.options.need, { ...BACK_OFF.renewPull, signal: this.ended.signal });
    await renewed.catch(() => undefined); // ended
    this.renewing = false;
    this.asked = 0;
    this.pull();
  }
}
