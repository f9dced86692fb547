import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, encodeEvent } from '@ticketing/common';
import { newId, newMeta, silentLogger, testBroker, waitFor } from '@ticketing/testing';
import { type AuditReport, auditUntilQuiet, type Promised } from '@ticketing/operate';
import { Client, expectStatus } from '../system/client.helper';
import type { TestSystem } from '../system/system.helper';
import type { Problem } from './checks/check-answers';
import { type FaultSystem, HASTY_WINDOW_MS } from './fault-system';

/**
 * Everything agrees at the latest this long (ms) after the end of the load. The longest case: a message of a client
 * that the broker drops 15 s after its last sign of life, and what waits for that message.
 */
const AGREED_WITHIN_MS = 60_000;
/** How long (ms) after its window the last order is cancelled. */
const EXPIRED_BY_MS = 1_000;

export interface Agreement {
  readonly report: AuditReport;
  /** From the end of the load until everything agreed (ms). */
  readonly agreedAfterMs: number;
  readonly problems: readonly Problem[];
}

/**
 * Waits for agreement, checks that a ticket can be traded, and waits for agreement again when the last order has
 * expired.
 */
export async function untilAgreed({ servers }: FaultSystem, promises: readonly Promised[]): Promise<Agreement> {
  const ended = Date.now();
  const { engine, nats } = servers;
  const broker = await testBroker('', silentLogger(), { engine, natsUrl: nats.url, natsClusterId: 'ticketing' });
  try {
    const what = { ...servers.databases, broker, promises };
    const report = await auditUntilQuiet(what, { settleMs: AGREED_WITHIN_MS });
    const agreedAfterMs = Date.now() - ended;
    if (report.disagreements.length > 0) return { report, agreedAfterMs, problems: [] };
    const problems = await tradeOnce(servers, broker);
    await sleep(Math.max(0, ended + HASTY_WINDOW_MS + EXPIRED_BY_MS - Date.now()));
    return { report: await auditUntilQuiet(what, { settleMs: AGREED_WITHIN_MS }), agreedAfterMs, problems };
  } finally {
    await broker.close();
  }
}

/**
 * Events still go every way: a ticket can be ordered, is held by its order, is free when that is cancelled, and is sold
 * when the next one is paid.
 */
async function tradeOnce({ url }: TestSystem, broker: Broker): Promise<Problem[]> {
  const [seller, buyer] = [new Client(url, 'seller'), new Client(url, 'buyer')];
  const holds = async (ticketId: string, orderId: string | undefined) =>
    waitFor(async () => (await seller.ticket(ticketId)).body.orderId === orderId, {
      what: `order ${orderId ?? '(none)'}`,
    });
  try {
    const ticket = await seller.sold('sold afterwards');
    const order = await buyer.orderSoon(ticket.id);
    await holds(ticket.id, order.id);
    expectStatus(204, await buyer.cancel(order.id));
    await holds(ticket.id, undefined);
    const next = await buyer.orderSoon(ticket.id);
    const payment = { id: newId(), version: 0, orderId: next.id, amount: next.ticket.price, meta: newMeta() };
    await broker.publish('payment:created', encodeEvent('payment:created', payment), { aggregate: payment.id });
    await waitFor(async () => (await seller.ticket(ticket.id)).body.sold, { what: `order ${next.id} to be complete` });
    expectStatus(409, await buyer.cancel(next.id));
    return [];
  } catch (error) {
    return [{ message: `a ticket could not be traded in the end: ${String(error)}` }];
  }
}
