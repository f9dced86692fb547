import {
  addRoute,
  ConflictError,
  type CreateOnce,
  currentUserOf,
  etagOf,
  insertAggregate,
  isDuplicateKey,
  NotFoundError,
  objectIdOf,
  ordersApi,
  parseBody,
  type Stored,
} from '@ticketing/common';
import type { Router } from 'express';
import type { Types } from 'mongoose';
import type { TicketReplica } from '../ticket-replica/ticket';
import { KnownOrders } from './known-orders';
import { isActive, ONE_PER_NUMBER, type OrderFields, type OrderModel, orderState } from './order';
import { Races } from './races';

export interface CreateOrderOptions {
  readonly Order: OrderModel;
  readonly tickets: TicketReplica;
  readonly createOnce: CreateOnce;
  readonly clock: () => Date;
  /** How long an order holds its ticket (ms). */
  readonly windowMs: number;
}

/**
 * `POST /api/orders`: reserves a ticket. Orders of one ticket are numbered and the number is unique, so exactly one of
 * any number of simultaneous requests wins. The database ensures that, not this code.
 */
export function createOrder(router: Router, { Order, tickets, createOnce, clock, windowMs }: CreateOrderOptions): void {
  const known = new KnownOrders();
  const races = new Races<Stored<OrderFields>>(isActive);

  /** @throws ConflictError when the ticket is reserved; NotFoundError when there is none */
  const reserve = async (ticketId: string, userId: string, _id: Types.ObjectId): Promise<Stored<OrderFields>> => {
    // Only a hint where to look first: the database says whether that order holds the ticket now.
    const holder = known.get(ticketId);
    if (holder && (await isHeldBy(Order, holder))) throw reserved();
    const ticket = await tickets.find(ticketId);
    if (!ticket) throw new NotFoundError(NO_SUCH_TICKET);
    if (!holder && ticket.orderId && (await isHeldBy(Order, ticket.orderId))) {
      known.note(ticketId, ticket.orderId);
      throw reserved();
    }
    const expiresAt = new Date(clock().getTime() + windowMs);
    /** Undefined when another order has this number. */
    const take = async (reservation: number): Promise<Stored<OrderFields> | undefined> => {
      const fields = { _id, userId, status: 'created', expiresAt, reservation } as const;
      const reserving = { ...fields, ticket: { id: ticket._id, price: ticket.price } };
      try {
        return await insertAggregate(Order, reserving, 'order:created');
      } catch (error) {
        if (isDuplicateKey(error, ONE_PER_NUMBER)) return undefined;
        throw error;
      }
    };
    // An unchanged ticket most likely has no order yet. Number 1 is free only if there was no order before, so it can
    // be tried without reading anything.
    let saved = ticket.version === 0 && !holder ? await take(1) : undefined;
    if (!saved) {
      const latest = await Order.findOne({ 'ticket.id': ticket._id }, { status: 1, reservation: 1 })
        .sort({ reservation: -1 })
        .lean<Stored<Pick<OrderFields, 'status' | 'reservation'>>>();
      if (latest) known.note(ticketId, latest._id);
      if (latest && isActive(latest)) throw reserved();
      saved = await take((latest?.reservation ?? 0) + 1);
    }
    if (!saved) throw reserved();
    known.note(ticketId, saved._id);
    return saved;
  };

  addRoute(router, ordersApi.create, async (req, res) => {
    const { ticketId } = parseBody(ordersApi.create.body, req);
    const id = objectIdOf(ticketId, NO_SUCH_TICKET).toHexString();
    const create = async (orderId: Types.ObjectId) => {
      const won = await races.unlessWon(id, () => reserve(id, currentUserOf(req).id, orderId));
      if (!won) throw reserved();
      return won;
    };
    const order = await createOnce<OrderFields>({ req, res }, { model: Order, body: id, create });
    res
      .status(201)
      .set('ETag', etagOf(0))
      .location(`/api/orders/${String(order._id)}`)
      .json(asCreated(order));
  });
}

const NO_SUCH_TICKET = 'no such ticket';
const reserved = () => new ConflictError('the ticket is reserved or sold already');

/** Version 0 of an order, even if it was cancelled since: only its status changes. */
function asCreated(order: Stored<OrderFields>) {
  return { ...orderState(order, 0), status: 'created' as const };
}

async function isHeldBy(Order: OrderModel, id: Types.ObjectId | string): Promise<boolean> {
  const order = await Order.findById(id, { status: 1 }).lean<Pick<OrderFields, 'status'>>();
  return order !== null && isActive(order);
}
