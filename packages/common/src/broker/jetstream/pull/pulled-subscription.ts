import { setImmediate as nextTurn } from 'node:timers/promises';
import { createInbox, type Msg, nanos, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { payloadOf } from '../../../events/stored-message';
import type { Logger } from '../../../runtime/logger';
import { BACK_OFF, PULL } from '../../../runtime/policies';
import { retryWithBackOff, sleep, within } from '../../../runtime/retry';
import { NoAnswerError, RefusedError } from '../../errors';
import type { ConsumeOptions, Message } from '../../port';
import { type Delivered, delivered } from './delivered';
import { InHand } from './in-hand';
import { STREAM } from '../names';

/** The client that a subscription is made on. */
export interface PullHost {
  readonly nats: NatsConnection;
  /** The store, for the position of its messages. */
  readonly store: string;
  readonly over: AbortSignal;
  /** How long to wait for an answer (ms). */
  readonly timeoutMs: number;
  /** Subjects that the server does not let this client publish to, as far as it has said so. */
  readonly denied: Set<string>;
  /** Ends the client. */
  fail(reason: Error): void;
}

export interface PullOptions extends Pick<ConsumeOptions, 'ackWaitMs' | 'maxInFlight'> {
  readonly consumer: string;
  readonly logger: Logger;
  /** Makes the consumer if it is gone. Rejects when that fails. */
  readonly need: () => Promise<unknown>;
  readonly onMessage: (message: Omit<Message, 'channel'>) => void;
  /** Called when the server refuses the consumer, or requests to it, after it had taken them; this has ended then. */
  readonly onRefused: () => void;
}

/**
 * One member of a group: it asks the group's consumer for as many messages as it has room for. A message takes its room
 * until it is acked, or given back at once, or its ack wait has passed. A request that the server has forgotten (a new leader, a
 * restart, a deleted consumer) is noticed by the missing heartbeat, and asked again.
 */
export class PulledSubscription {
  private readonly requests: string;
  private readonly inHand: InHand<Delivered>;
  private readonly ended = new AbortController();
  private readonly look: NodeJS.Timeout;
  private inbox = '';
  private subscription: Subscription;
  /** Messages asked for and not sent yet. */
  private asked = 0;
  private heardAt = performance.now();
  private willPull = false;
  private pinging = false;
  private renewing = false;
  /** Renewals since a request was served. */
  private inVain = 0;

  private constructor(
    private readonly host: PullHost,
    private readonly options: PullOptions,
  ) {
    this.requests = `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${options.consumer}`;
    this.inHand = new InHand(options.ackWaitMs, () => this.pullSoon());
    this.subscription = this.listen();
    this.look = setInterval(() => void this.checkHeard(), PULL.lookEveryMs);
    this.look.unref();
    host.over.addEventListener('abort', this.stop);
  }

  /** Resolves once the server has the request. @throws what `options.need` throws; RefusedError */
  static async begin(host: PullHost, options: PullOptions): Promise<PulledSubscription> {
    await options.need();
    host.over.throwIfAborted();
    const pulled = new PulledSubscription(host, options);
    host.denied.delete(pulled.requests);
    pulled.pull();
    try {
      const answered = host.nats.flush().then(() => true);
      if (!(await within(host.timeoutMs, answered, false))) throw new NoAnswerError('the server answers no ping');
      await nextTurn(); // the client reports a denied request a little later than the answer to its ping
      pulled.checkAllowed();
    } catch (error) {
      await pulled.close();
      throw error;
    }
    return pulled;
  }

  /**
   * Ends it. The messages that it has, and those that its server has sent, go to the other members at once. In a
   * cluster those that are on their way to its server wait for their ack wait: docs/decisions/0016. Resolves when the
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

  private listen(): Subscription {
    const inbox = createInbox();
    this.inbox = inbox;
    return this.host.nats.subscribe(`${inbox}.*`, {
      callback: (error, msg) => {
        try {
          if (error) throw error;
          this.receive(inbox, msg);
        } catch (reason) {
          this.host.fail(reason as Error); // the client would read nothing more
        }
      },
    });
  }

  /**
   * A message has the subject that it was published to, and the server's own words are in the inbox. The headers of a
   * message are its publisher's: they say nothing here, and the client throws for some that a server stores.
   */
  private receive(inbox: string, msg: Msg): void {
    const isPresent = inbox === this.inbox && !this.ended.signal.aborted;
    if (msg.subject.startsWith(`${inbox}.`)) return isPresent ? this.hear(msg) : undefined;
    const received = delivered(msg);
    if (!isPresent) return received.nak();
    this.served();
    this.asked = Math.max(0, this.asked - 1);
    this.deliver(received);
  }

  private deliver(received: Delivered): void {
    const { sequence, storedAt, deliveries, data } = received;
    const isOver = () => this.ended.signal.aborted || this.host.over.aborted;
    const settle = this.inHand.add(received);
    this.options.onMessage({
      ...{ sequence, storedAt, store: this.host.store },
      redelivered: deliveries > 1,
      payload: payloadOf(Buffer.from(data)),
      ack: () => {
        if (settle() !== 'again' && !isOver()) received.ack(); // a late ack counts
      },
      retry: (afterMs) => {
        // A late one would postpone what another member may have by now.
        if (settle({ keepsRoom: afterMs > 0 }) === 'in time' && !isOver()) received.nak(afterMs);
      },
    });
    this.pullSoon();
  }

  private served(): void {
    this.heardAt = performance.now();
    this.inVain = 0;
  }

  /**
   * What the server says about a request (nats-server, consumer.go): 100 it waits; 408 its time is over; 409 the
   * consumer has another leader, or is deleted, or the server shuts down; 503 nobody has such a consumer.
   */
  private hear(msg: Msg): void {
    const { code = 0, description = '' } = msg.headers ?? {};
    if (code === 100) return this.served();
    this.heardAt = performance.now();
    const left = Number(msg.headers?.get('Nats-Pending-Messages') || this.asked);
    this.asked = Math.max(0, this.asked - left);
    if (code === 408) this.pullSoon();
    else void this.renew(`${code} ${description}`);
  }

  private pullSoon(): void {
    if (this.willPull) return;
    this.willPull = true;
    setImmediate(() => {
      this.willPull = false;
      this.pull();
    });
  }

  /**
   * Asks for what there is room for: a quarter of all at least, or whatever there is when nothing is asked for. Each
   * request has its own subject for replies: by that the servers of a cluster know those that wait, and tell their
   * members of a new leader (nats-server, consumer.go, checkPendingRequests).
   */
  private pull(): void {
    const { maxInFlight } = this.options;
    const room = maxInFlight - this.inHand.size - this.asked;
    if (room <= 0 || (this.asked > 0 && room < maxInFlight / 4)) return;
    if (this.renewing || this.ended.signal.aborted || this.host.nats.isClosed()) return;
    const request = { batch: room, expires: nanos(PULL.endsAfterMs), idle_heartbeat: nanos(PULL.heartbeatMs) };
    if (this.asked === 0) this.heardAt = performance.now();
    this.asked += room;
    this.host.nats.publish(this.requests, JSON.stringify(request), { reply: createInbox(this.inbox) });
  }

  private async checkHeard(): Promise<void> {
    const { heardAt } = this;
    if (this.asked === 0) return this.pull();
    if (this.pinging || this.renewing || performance.now() - heardAt < PULL.silenceMs) return;
    // A heartbeat that has arrived, and that a busy process has not read yet, is read before the answer to this ping.
    this.pinging = true;
    const flushed = this.host.nats.flush().then(() => true);
    const answered = await within(PULL.answerMs, flushed, false).catch(() => false);
    this.pinging = false;
    if (this.ended.signal.aborted) return;
    if (!answered) this.host.fail(new NoAnswerError('the server sends no heartbeat, and does not answer'));
    else if (this.heardAt === heardAt) await this.renew('no heartbeat');
  }

  /**
   * Makes sure that there is a consumer, and asks again, at another inbox: if the server still has the earlier request,
   * what it sends for that is given back, because this member has no room for both.
   */
  private async renew(why: string): Promise<void> {
    if (this.renewing || this.ended.signal.aborted || this.host.nats.isClosed()) return;
    this.renewing = true;
    const { need, onRefused, logger, consumer } = this.options;
    const { firstMs, maxMs } = BACK_OFF.renewPull;
    const { signal } = this.ended;
    this.subscription.drain().catch(() => undefined); // the client is lost
    this.subscription = this.listen();
    this.asked = 0;
    this.inVain += 1;
    if (this.inVain === 3) logger.warn({ consumer, reason: why }, 'requests for messages are not served: asking again');
    try {
      if (this.inVain > 1) await sleep(Math.min(maxMs, firstMs * 2 ** Math.min(this.inVain - 2, 10)), signal);
      this.checkAllowed();
      const isFinal = (error: unknown) => error instanceof RefusedError;
      await retryWithBackOff(need, { ...BACK_OFF.renewPull, signal, isFinal });
    } catch {
      if (signal.aborted) return;
      await this.close();
      return onRefused();
    }
    this.renewing = false;
    this.pull();
  }

  /** @throws RefusedError */
  private checkAllowed(): void {
    if (this.host.denied.has(this.requests)) throw new RefusedError(`no permission to publish to ${this.requests}`);
  }
}
