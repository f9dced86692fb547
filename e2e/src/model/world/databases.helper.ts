import { type OrderModel, orderModel, orderState, reEmittedOrders } from '@ticketing/orders/dist/orders/order';
import { type RefusalModel, refusalModel, refusalState } from '@ticketing/orders/dist/payments/refusal';
import { ticketReplica } from '@ticketing/orders/dist/ticket-replica/ticket';
import { type TicketModel, ticketModel, ticketState } from '@ticketing/tickets/dist/tickets/ticket';
import { reEmit, type ReplicaDocument } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import type { TestBed } from '@ticketing/testing';
import { Types } from 'mongoose';
import type { Side } from '../model';

/** What each service has stored, read directly from its database. */
export class Databases {
  private readonly Ticket: TicketModel;
  private readonly Order: OrderModel;
  private readonly Refusal: RefusalModel;

  constructor(private readonly beds: Readonly<Record<Side, TestBed>>) {
    this.Ticket = ticketModel(beds.tickets.connection);
    this.Order = orderModel(beds.orders.connection);
    this.Refusal = refusalModel(beds.orders.connection);
  }

  /** The public state of a ticket at tickets, and its reservation. */
  async ticket(id: string) {
    const ticket = await this.Ticket.findById(id);
    if (!ticket) return undefined;
    const { number, state, orderId, sold } = ticket.reservation;
    const reservation = { number, state, ...(orderId && { orderId }), ...(sold && { sold }) };
    return { ...ticketState(ticket, ticket.version), reservation };
  }

  /** The public state of a ticket as orders has it, and its versions that are parked there. */
  async replica(id: string) {
    const { connection } = this.beds.orders;
    const replicas = connection.collection<ReplicaDocument>(ticketReplica.collection);
    const found = await replicas.findOne({ _id: new Types.ObjectId(id) }, { projection: { _id: 0 } });
    const { parked = [], ...replica } = found ?? {};
    return { ...(found && found.version >= 0 && { id, ...replica }), parked: parked.map(({ version }) => version) };
  }

  async order(id: string) {
    const order = await this.Order.findById(id);
    return order ? orderState(order, order.version) : undefined;
  }

  async refusal(id: string) {
    const refusal = await this.Refusal.findById(id);
    return refusal ? refusalState(refusal, refusal.version) : undefined;
  }

  /** Resolves when no event waits to be published. The relay removes what it published in bulk, a moment later. */
  async outboxesEmpty(): Promise<void> {
    const owners = [this.Ticket, this.Order, this.Refusal] as const;
    const waiting = () =>
      Promise.all(owners.map(({ collection }) => collection.countDocuments({ 'outbox.0': { $exists: true } })));
    await waitFor(async () => (await waiting()).every((count) => count === 0), { everyMs: 2, what: 'empty outboxes' });
  }

  /** The dead letters of both services. */
  async deadLetters(): Promise<string[]> {
    const all = [this.beds.tickets, this.beds.orders].map(({ connection }) =>
      connection.collection<{ message: string }>('dead_letters').find().toArray(),
    );
    return (await Promise.all(all)).flat().map(({ message }) => message);
  }

  /** The owner publishes the present state of all that it has, as its re-emission command does. */
  async reEmit(owner: Side): Promise<void> {
    const publisher = this.beds[owner];
    if (owner === 'tickets') {
      await reEmit({ model: this.Ticket, publisher, subject: () => 'ticket:updated', state: ticketState });
    } else {
      await reEmit({ ...reEmittedOrders(this.Order), publisher });
    }
  }

  /** Removes what the owners have, past their rules, so that a search stays as quick as in the first history. */
  async forget(): Promise<void> {
    await Promise.all([this.Ticket, this.Order, this.Refusal].map(({ collection }) => collection.deleteMany({})));
  }
}
