import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, encodeEvent } from '@ticketing/common';
import { mongo } from 'mongoose';
import { z } from 'zod';
import { type Act, act } from './acts';
import { ActError } from './act-error';
import { type Api, type Call, field, USERS } from './api';

const user = z.enum(USERS);
const id = z.string().regex(/^[0-9a-f]{24}$/, 'it must be an id');
const ticket = { title: z.string(), price: z.number() };
const AT_ONCE = 10;
/** How long (ms) the story waits for orders to know a new ticket. */
const KNOWN_WITHIN_MS = 20_000;
const ASK_AGAIN_MS = 50;

/** What the page calls in somebody's name. Each tells its calls and their answers. */
export function sellActs(api: Api, broker: Broker): Readonly<Record<string, Act>> {
  const told = async (...calls: readonly Promise<Call>[]) => ({ calls: await Promise.all(calls) });

  const sell = (as: string, body: { title: string; price: number }) =>
    api.call({ user: as, method: 'POST', path: '/api/tickets', body });
  const order = (as: string, ticketId: string) =>
    api.call({ user: as, method: 'POST', path: '/api/orders', body: { ticketId } });

  async function pay(orderId: string, amount: number): Promise<Call> {
    const payment = { id: new mongo.ObjectId().toHexString(), version: 0, orderId, amount };
    const meta = { id: randomUUID(), occurredAt: new Date().toISOString() };
    const text = encodeEvent('payment:created', { ...payment, meta });
    await broker.publish('payment:created', text, { id: meta.id, aggregate: payment.id }).catch((error: unknown) => {
      throw new ActError(`the payment was not published: ${String(error)}`);
    });
    return { request: 'publish payment:created, as a service that takes payments would', status: 200, body: text };
  }

  async function editTwice(as: string, ticketId: string) {
    const path = `/api/tickets/${ticketId}`;
    const now = await api.call({ user: as, method: 'GET', path });
    const [title, price, version] = ['title', 'price', 'version'].map((name) => field(now, name));
    if (typeof title !== 'string' || typeof price !== 'number') throw new ActError(`${now.request}: ${now.body}`);
    const edit = (more: number) =>
      api.call({
        user: as,
        method: 'PUT',
        path,
        body: { title, price: price + more },
        ifMatch: `"${Number(version)}"`,
      });
    return told(edit(1), edit(2));
  }

  async function story() {
    const sold = await sell('alice', { title: 'Concert', price: 20 });
    const ticketId = field(sold, 'id');
    if (typeof ticketId !== 'string') return { calls: [sold] };
    const until = Date.now() + KNOWN_WITHIN_MS;
    let ordered = await order('bob', ticketId);
    while (ordered.status === 404 && Date.now() < until) {
      await sleep(ASK_AGAIN_MS);
      ordered = await order('bob', ticketId);
    }
    const orderId = field(ordered, 'id');
    return { calls: [sold, ordered, ...(typeof orderId === 'string' ? [await pay(orderId, 20)] : [])] };
  }

  return {
    sell: act(z.object({ user, ...ticket }), ({ user: as, ...body }) => told(sell(as, body))),
    edit: act(z.object({ user, id, ...ticket }), ({ user: as, id: ticketId, ...body }) =>
      told(api.call({ user: as, method: 'PUT', path: `/api/tickets/${ticketId}`, body })),
    ),
    'edit-twice': act(z.object({ user, id }), (given) => editTwice(given.user, given.id)),
    order: act(z.object({ user, id }), (given) => told(order(given.user, given.id))),
    'order-ten-times': act(z.object({ id }), (given) =>
      told(...Array.from({ length: AT_ONCE }, (_, n) => order(USERS[n % USERS.length] ?? 'alice', given.id))),
    ),
    cancel: act(z.object({ user, id }), (given) =>
      told(api.call({ user: given.user, method: 'DELETE', path: `/api/orders/${given.id}` })),
    ),
    pay: act(z.object({ id, amount: z.number() }), (given) => told(pay(given.id, given.amount))),
    story: act(z.object({}), story),
  };
}
