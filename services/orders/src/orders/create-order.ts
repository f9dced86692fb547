import {
  ConflictError,
  currentUserOf,
  etagOf,
  isDuplicateKey,
  NotFoundError,
  parseBody,
  requireAuth,
  saveAggregate,
} from '@ticketing/common';
import type { Router } from 'express';
import { z } from 'zod';
import type { TicketReplicaModel } from '../ticket-replica/ticket';
import { isActive, ONE_PER_NUMBER, type OrderModel, orderState } from './order';

const orderInput = z.strictObject({ ticketId: z.string('the id of a ticket is needed') });

export interface CreateOrderOptions {
  readonly Order: OrderModel;
  readonly Ticket: TicketReplicaModel;
  readonly clock: () => Date;
  /** How long an order holds its ticket (ms). */
  readonly windowMs: number;
}

/**
 * `POST /api/orders`: reserves a ticket. Orders of one ticket are numbered and the number is unique, so of any number of
 * simultaneous requests exactly one wins; the database sees to that, not this code.
 */
export function createOrder(router: Router, { Order, Ticket, clock, windowMs }: CreateOrderOptions): void {
  router.post('/api/orders', requireAuth, async (req, res) => {
    const { ticketId } = parseBody(orderInput, req);
    const ticket = /^[0-9a-f]{24}$/i.test(ticketId) ? await Ticket.findById(ticketId) : null;
    if (!ticket) throw new NotFoundError('no such ticket');
    const latest = await Order.findOne({ 'ticket.id': ticket._id }).sort({ reservation: -1 });
    if (latest && isActive(latest)) throw new ConflictError('the ticket is reserved already');
    const order = new Order({
      userId: currentUserOf(req).id,
      status: 'created',
      expiresAt: new Date(clock().getTime() + windowMs),
      reservation: (latest?.reservation ?? 0) + 1,
      ticket: { id: ticket._id, price: ticket.price },
    });
    order.record('order:created');
    try {
      const saved = await saveAggregate(order);
      res
        .status(201)
        .set('ETag', etagOf(saved.version))
        .location(`/api/orders/${saved.id}`)
        .json(orderState(saved, saved.version));
    } catch (error) {
      if (isDuplicateKey(error, ONE_PER_NUMBER)) throw new ConflictError('the ticket is reserved already');
      throw error;
    }
  });
}
