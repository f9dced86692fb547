import { setMaxListeners } from 'node:events';
import { type Broker, encodeEvent, retryWithBackOff, sleep } from '@ticketing/common';
import type { Promised } from '@ticketing/operate';
import { newId, newMeta, type Random, seededRandom } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import type { Order } from '../system/client.helper';
import { type Counters, sumOf } from '../system/counters.helper';
import type { Answered } from '../system/mixed-load.helper';

type Payment = Extract<Promised, { what: 'payment' }>;

/** A payment comes at most so long (ms) after its order: some orders are cancelled until then, or have expired. */
const LATEST_MS = 7_000;

/** How often what is done: many payments are in time and right, and there are enough of the others. */
const CHANCE = { paid: 0.5, wrong: 0.1, again: 0.15, toldTwice: 0.3, ofNoOrder: 0.03 } as const;

/**
 * A service that takes payments, as far as orders can see it: a plain publisher that tells each payment until the broker
 * has acked it, now and then twice, and all of them again after a lost store.
 */
export class Payments {
  private readonly random: Random;
  private readonly taken: Payment[] = [];
  /** Of the orders that it has heard of. */
  private readonly prices = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  private readonly times: number[] = [];
  private readonly open = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  /** @param onAcked called with each payment that the broker has */
  constructor(
    private readonly broker: Broker,
    seed: number,
    private readonly onAcked: (payment: Payment) => void,
  ) {
    this.random = seededRandom(seed);
    setMaxListeners(0, this.ending.signal); // one for each payment that is still to come
  }

  /** The orders that may be complete: since when (ms since 1970) a payment of their price is told. */
  get paidSince(): ReadonlyMap<string, number> {
    return this.begun;
  }

  /** When the payments were told first (ms since 1970). */
  get toldAt(): readonly number[] {
    return this.times;
  }

  /** How many of them have completed an order (`complete`), and how many were refused, by reason. */
  async ends(orders: Connection): Promise<Counters> {
    const [complete, refused] = await Promise.all([
      orders.collection('orders').find({ status: 'complete' }).toArray(),
      orders.collection('payment_refusals').find().toArray(),
    ]);
    const ids = new Set(this.taken.map(({ id }) => id));
    const ended = [
      ...complete.filter(({ paymentId }) => ids.has(String(paymentId))).map(() => 'complete'),
      ...refused.filter(({ _id }) => ids.has(String(_id))).map(({ reason }) => String(reason)),
    ];
    return sumOf(...ended.map((end) => ({ [end]: 1 })));
  }

  /** Takes payments for some of the orders that clients are told of, a while later. */
  readonly hear = ({ call, status, body }: Answered): void => {
    if (call !== 'order' || status !== 201 || !this.random.chance(CHANCE.paid)) return;
    const { id, ticket } = body as Order;
    this.prices.set(id, ticket.price);
    const amount = this.random.chance(CHANCE.wrong) ? ticket.price + 1 : ticket.price;
    this.take(this.random.chance(CHANCE.ofNoOrder) ? newId() : id, amount);
    if (this.random.chance(CHANCE.again)) this.take(id, ticket.price);
  };

  /** Tells all payments again, as their owner does after a lost store. */
  async reEmit(): Promise<string> {
    await Promise.all(this.taken.map((payment) => this.publish(payment, true)));
    return `payments published ${this.taken.length} snapshots`;
  }

  /** Resolves when the broker has every payment. Those that would come later come now. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.open);
  }

  private take(orderId: string, amount: number): void {
    const payment: Payment = { what: 'payment', id: newId(), orderId, amount };
    const [afterMs, twice] = [this.random.between(0, LATEST_MS), this.random.chance(CHANCE.toldTwice)];
    const telling = this.tell(payment, afterMs, twice).finally(() => this.open.delete(telling));
    this.open.add(telling);
  }

  private async tell(payment: Payment, afterMs: number, twice: boolean): Promise<void> {
    await sleep(afterMs, this.ending.signal).catch(() => undefined);
    this.taken.push(payment);
    const [{ orderId, amount }, now] = [payment, Date.now()];
    this.times.push(now);
    if (amount === this.prices.get(orderId) && !this.begun.has(orderId)) this.begun.set(orderId, now);
    await this.publish(payment);
    this.onAcked(payment);
    if (twice) await this.publish(payment);
  }

  private async publish({ id, orderId, amount }: Payment, snapshot?: true): Promise<void> {
    const meta = { ...newMeta(), ...(snapshot && { snapshot }) };
    const event = encodeEvent('payment:created', { id, version: 0, orderId, amount, meta });
    await retryWithBackOff(() => this.broker.publish('payment:created', event, { aggregate: id }), {
      ...{ firstMs: 100, maxMs: 1_000 },
    });
  }
}
