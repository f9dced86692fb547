import { z } from 'zod';
import { orderCreated, orderStatuses } from '../events/order';
import { idempotencyKey, keyReused, replayed } from './idempotency';
import { EXAMPLE_IDS, idParams } from './ids';
import { failure, type Operation } from './operation';
import { pageQuery } from './page-query';
import { etag, locationOf, nextLink } from './reply-headers';

/** What a user sends to make an order. */
export const orderInput = z
  .strictObject({ ticketId: z.string('the id of a ticket is needed').describe('The ticket to reserve') })
  .meta({ id: 'OrderInput' });

/** An order as replies show it: the same state as in its events, with any status. */
export const orderReply = orderCreated.tolerant
  .omit({ meta: true })
  .extend({
    status: z
      .enum(orderStatuses)
      .describe('Every status but `cancelled` holds the ticket; `complete` does so for good'),
  })
  .meta({ id: 'Order' });

const noSuchOrder = failure('There is no such order');
const notYours = failure('It is the order of somebody else');
const params = idParams('order');

/** The calls of orders. */
export const ordersApi = {
  create: {
    id: 'createOrder',
    tag: 'orders',
    summary: 'Reserves a ticket until the order expires',
    method: 'post',
    path: '/api/orders',
    signedIn: true,
    headers: idempotencyKey,
    body: orderInput,
    example: { ticketId: EXAMPLE_IDS.ticket },
    replies: {
      201: {
        description: 'The ticket is reserved',
        body: orderReply,
        headers: { ...etag, ...replayed, ...locationOf(`/api/orders/${EXAMPLE_IDS.order}`) },
      },
      404: failure('There is no such ticket, or orders does not know it yet'),
      409: failure('The ticket is reserved or sold already'),
      422: keyReused,
    },
  },
  list: {
    id: 'listOrders',
    tag: 'orders',
    summary: 'Lists your own orders, newest first',
    method: 'get',
    path: '/api/orders',
    signedIn: true,
    query: pageQuery,
    replies: { 200: { description: 'A page of them', body: z.array(orderReply), headers: nextLink } },
  },
  show: {
    id: 'showOrder',
    tag: 'orders',
    summary: 'Shows an order that is yours',
    method: 'get',
    path: '/api/orders/:id',
    signedIn: true,
    params,
    replies: {
      200: { description: 'The order', body: orderReply, headers: etag },
      403: notYours,
      404: noSuchOrder,
    },
  },
  cancel: {
    id: 'cancelOrder',
    tag: 'orders',
    summary: 'Cancels an order that is yours and not paid, which frees its ticket. A repeat gets the same answer',
    method: 'delete',
    path: '/api/orders/:id',
    signedIn: true,
    params,
    replies: {
      204: { description: 'It is cancelled' },
      403: notYours,
      404: noSuchOrder,
      409: failure('It is paid, or others kept changing it at the same time: try again only then'),
    },
  },
} as const satisfies Record<string, Operation>;
