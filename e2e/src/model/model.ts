/** The specification: the state of tickets, orders, payments and copies after each command and each delivery. Pure. */

import type { Order, Payment, Ticket, TicketState, User } from './state';

/** A service as the receiver of events: tickets hears of orders, orders hears of tickets and payments. */
export type Side = 'tickets' | 'orders';

/** An event on its way, by what it is about: ticket#0, order#0 or payment#0, counted from the first of the history. */
export interface Letter {
  readonly about: 'ticket' | 'order' | 'payment';
  readonly index: number;
  readonly version: number;
  /** Published again by its owner, as its present state. */
  readonly snapshot: boolean;
}

export type Outcome = 'applied' | 'seen' | 'parked';

const rank = { held: 0, sold: 1, released: 2 };

export class Model {
  readonly tickets: Ticket[] = [];
  readonly orders: Order[] = [];
  readonly payments: Payment[] = [];
  /** Published and not delivered, oldest first. */
  readonly pending: Letter[] = [];

  sell(seller: User, price: number): 201 {
    const reservation = { number: 0, state: 'released', order: undefined } as const;
    this.tickets.push({ seller, versions: [], reservation, replica: undefined, parked: new Set() });
    this.saveTicket(this.tickets.length - 1, { price, heldBy: undefined, sold: false });
    return 201;
  }

  edit(index: number, by: User, price: number): 200 | 403 | 409 {
    const ticket = this.ticket(index);
    if (ticket.seller !== by) return 403;
    if (ticket.reservation.state !== 'released') return 409;
    this.saveTicket(index, { price, heldBy: undefined, sold: false });
    return 200;
  }

  order(index: number, buyer: User): 201 | 404 | 409 {
    const { replica, versions } = this.ticket(index);
    const known = replica === undefined ? undefined : versions[replica];
    if (!known) return 404;
    const earlier = this.ordersOf(index);
    if (earlier.some(({ end }) => end !== 'cancelled')) return 409;
    const number = earlier.length + 1;
    this.orders.push({ ticket: index, buyer, number, price: known.price, end: undefined, paidBy: undefined });
    this.emit({ about: 'order', index: this.orders.length - 1, version: 0, snapshot: false });
    return 201;
  }

  cancel(index: number, by: User): 204 | 403 | 409 {
    const order = this.orderAt(index);
    if (order.buyer !== by) return 403;
    if (order.end === 'complete') return 409;
    this.end(index, 'cancelled');
    return 204;
  }

  /** A payment is taken, by a service that orders hears of. */
  pay(order: number, amount: number): void {
    this.payments.push({ order, amount, refused: undefined });
    this.emit({ about: 'payment', index: this.payments.length - 1, version: 0, snapshot: false });
  }

  /** Enough time passes for every order that holds a ticket to expire. */
  expire(): void {
    for (const index of this.orders.keys()) this.end(index, 'cancelled');
  }

  /** An owner publishes the present state of all that it owns. */
  reEmit(owner: Side): void {
    const [about, count] =
      owner === 'tickets' ? (['ticket', this.tickets.length] as const) : (['order', this.orders.length] as const);
    for (let index = 0; index < count; index += 1) {
      this.emit({ about, index, version: this.versionOf({ about, index }), snapshot: true });
    }
  }

  /** The letter arrives, for the first time or again. */
  deliver(letter: Letter): Outcome {
    if (letter.about === 'payment') return this.deliverPayment(letter);
    return letter.about === 'ticket' ? this.deliverTicket(letter) : this.deliverOrder(letter);
  }

  ticket(index: number): Ticket {
    return at(this.tickets, index);
  }

  orderAt(index: number): Order {
    return at(this.orders, index);
  }

  paymentAt(index: number): Payment {
    return at(this.payments, index);
  }

  ordersOf(ticket: number): Order[] {
    return this.orders.filter((order) => order.ticket === ticket);
  }

  /** The present version of what an owner has. */
  versionOf({ about, index }: Pick<Letter, 'about' | 'index'>): number {
    if (about === 'payment') return 0;
    return about === 'ticket' ? this.ticket(index).versions.length - 1 : Number(this.orderAt(index).end !== undefined);
  }

  /** The disagreements of the services after everything was delivered. After any history there must be none. */
  disagreements(): string[] {
    const unequal = this.tickets.flatMap(({ versions, replica, reservation, parked }, index) => {
      const nameOf = (order: number | undefined) => (order === -1 ? 'none' : `order#${order}`);
      const active = this.orders.findIndex(({ ticket, end }) => ticket === index && end !== 'cancelled');
      const held = reservation.state === 'released' ? -1 : reservation.order;
      const paid = this.orders[active]?.end === 'complete';
      return [
        ...(replica === versions.length - 1 ? [] : [`orders has ticket#${index} at version ${replica ?? 'none'}`]),
        ...(held === active ? [] : [`ticket#${index} is held by ${nameOf(held)}, active is ${nameOf(active)}`]),
        ...((reservation.state === 'sold') === paid ? [] : [`ticket#${index} is ${reservation.state}, paid: ${paid}`]),
        ...[...parked].map((version) => `version ${version} of ticket#${index} is parked`),
      ];
    });
    const notOnce = [...this.payments.keys()].filter((index) => this.endsOf(index) !== 1);
    return [...unequal, ...notOnce.map((index) => `payment#${index} has ${this.endsOf(index)} ends`)];
  }

  /** The orders that a payment completed, and its refusal. */
  private endsOf(payment: number): number {
    const { refused } = this.paymentAt(payment);
    return this.orders.filter(({ paidBy }) => paidBy === payment).length + Number(refused !== undefined);
  }

  /** A version is next, or seen, or waits for those before it; a snapshot replaces all that is older. */
  private deliverTicket({ index, version, snapshot }: Letter): Outcome {
    const ticket = this.ticket(index);
    const have = ticket.replica ?? -1;
    if (version <= have) return 'seen';
    if (version > have + 1 && !snapshot) {
      ticket.parked.add(version);
      return 'parked';
    }
    let now = version;
    while (ticket.parked.delete(now + 1)) now += 1;
    for (const passed of [...ticket.parked].filter((parked) => parked <= now)) ticket.parked.delete(passed);
    ticket.replica = now;
    return 'applied';
  }

  /** Only what is greater than all before counts, and it is one save of the ticket. */
  private deliverOrder({ index, version }: Letter): Outcome {
    const { ticket: ticketIndex, number, end } = this.orderAt(index);
    const ticket = this.ticket(ticketIndex);
    const ended = end === 'complete' ? 'sold' : 'released';
    const state = version === 0 ? 'held' : ended;
    const { reservation, versions } = ticket;
    const greater = number === reservation.number ? rank[state] > rank[reservation.state] : number > reservation.number;
    if (!greater) return 'seen';
    const order = state === 'released' ? undefined : index;
    ticket.reservation = { number, state, order };
    this.saveTicket(ticketIndex, {
      price: at(versions, versions.length - 1).price,
      heldBy: order,
      sold: state === 'sold',
    });
    return 'applied';
  }

  /** A payment ends once: it completes its order, or is refused. */
  private deliverPayment({ index }: Letter): Outcome {
    if (this.endsOf(index) > 0) return 'seen';
    const payment = this.paymentAt(index);
    const order = this.orderAt(payment.order);
    if (order.end === 'cancelled') payment.refused = 'order-cancelled';
    else if (order.end === 'complete') payment.refused = 'order-paid';
    else if (order.price !== payment.amount) payment.refused = 'wrong-amount';
    else {
      order.paidBy = index;
      this.end(payment.order, 'complete');
    }
    return 'applied';
  }

  /** Both ends are terminal, and nothing is published twice. */
  private end(index: number, end: 'cancelled' | 'complete'): void {
    const order = this.orderAt(index);
    if (order.end) return;
    order.end = end;
    this.emit({ about: 'order', index, version: 1, snapshot: false });
  }

  /** One save, one version, one event. */
  private saveTicket(index: number, state: TicketState): void {
    const { versions } = this.ticket(index);
    versions.push(state);
    this.emit({ about: 'ticket', index, version: versions.length - 1, snapshot: false });
  }

  private emit(letter: Letter): void {
    this.pending.push(letter);
  }
}

export function receiverOf({ about }: Letter): Side {
  return about === 'order' ? 'tickets' : 'orders';
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no ${index} of ${items.length}`);
  return item;
}
