/** The specification: the state of tickets, orders and their copies after each command and each delivery. Pure. */

export const USERS = ['alice', 'bob', 'carol'] as const;
export type User = (typeof USERS)[number];

/** A service as the receiver of events: tickets hears of orders, orders hears of tickets. */
export type Side = 'tickets' | 'orders';

/** An event on its way, by what it is about: ticket#0 or order#0, counted from the first of the history. */
export interface Letter {
  readonly about: 'ticket' | 'order';
  readonly index: number;
  readonly version: number;
  /** Published again by its owner, as its present state. */
  readonly snapshot: boolean;
}

/** The public state of a ticket at one version. */
export interface TicketState {
  readonly price: number;
  /** The order that holds it. */
  readonly heldBy: number | undefined;
}

export interface Reservation {
  readonly number: number;
  readonly state: 'held' | 'released';
  readonly order: number | undefined;
}

export interface Ticket {
  readonly seller: User;
  /** What each version was; the last one is the present. */
  readonly versions: TicketState[];
  /** The greatest (number, held < released) that tickets has heard of. */
  reservation: Reservation;
  /** The version that orders has of it. */
  replica: number | undefined;
  /** Versions that came to orders before their turn. */
  readonly parked: Set<number>;
}

export interface Order {
  readonly ticket: number;
  readonly buyer: User;
  /** The n-th order of its ticket. */
  readonly number: number;
  /** The price that orders knew when it was reserved. */
  readonly price: number;
  cancelled: boolean;
}

export type Outcome = 'applied' | 'seen' | 'parked';

const rank = { held: 0, released: 1 };

export class Model {
  readonly tickets: Ticket[] = [];
  readonly orders: Order[] = [];
  /** Published and not delivered, oldest first. */
  readonly pending: Letter[] = [];

  sell(seller: User, price: number): 201 {
    const reservation = { number: 0, state: 'released', order: undefined } as const;
    this.tickets.push({ seller, versions: [], reservation, replica: undefined, parked: new Set() });
    this.saveTicket(this.tickets.length - 1, { price, heldBy: undefined });
    return 201;
  }

  edit(index: number, by: User, price: number): 200 | 403 | 409 {
    const ticket = this.ticket(index);
    if (ticket.seller !== by) return 403;
    if (ticket.reservation.state === 'held') return 409;
    this.saveTicket(index, { price, heldBy: undefined });
    return 200;
  }

  order(index: number, buyer: User): 201 | 404 | 409 {
    const { replica, versions } = this.ticket(index);
    const known = replica === undefined ? undefined : versions[replica];
    if (!known) return 404;
    const earlier = this.ordersOf(index);
    if (earlier.some(({ cancelled }) => !cancelled)) return 409;
    this.orders.push({ ticket: index, buyer, number: earlier.length + 1, price: known.price, cancelled: false });
    this.emit({ about: 'order', index: this.orders.length - 1, version: 0, snapshot: false });
    return 201;
  }

  cancel(index: number, by: User): 204 | 403 {
    const order = this.orderAt(index);
    if (order.buyer !== by) return 403;
    this.end(index);
    return 204;
  }

  /** Enough time passes for every order that holds a ticket to expire. */
  expire(): void {
    for (const index of this.orders.keys()) this.end(index);
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
    return letter.about === 'ticket' ? this.deliverTicket(letter) : this.deliverOrder(letter);
  }

  ticket(index: number): Ticket {
    return at(this.tickets, index);
  }

  orderAt(index: number): Order {
    return at(this.orders, index);
  }

  ordersOf(ticket: number): Order[] {
    return this.orders.filter((order) => order.ticket === ticket);
  }

  /** The present version of what an owner has. */
  versionOf({ about, index }: Pick<Letter, 'about' | 'index'>): number {
    return about === 'ticket' ? this.ticket(index).versions.length - 1 : Number(this.orderAt(index).cancelled);
  }

  /** The disagreements of the services after everything was delivered. After any history there must be none. */
  disagreements(): string[] {
    return this.tickets.flatMap(({ versions, replica, reservation, parked }, index) => {
      const nameOf = (order: number | undefined) => (order === -1 ? 'none' : `order#${order}`);
      const active = this.orders.findIndex(({ ticket, cancelled }) => ticket === index && !cancelled);
      const held = reservation.state === 'held' ? reservation.order : -1;
      return [
        ...(replica === versions.length - 1 ? [] : [`orders has ticket#${index} at version ${replica ?? 'none'}`]),
        ...(held === active ? [] : [`ticket#${index} is held by ${nameOf(held)}, active is ${nameOf(active)}`]),
        ...[...parked].map((version) => `version ${version} of ticket#${index} is parked`),
      ];
    });
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
    const { ticket: ticketIndex, number } = this.orderAt(index);
    const ticket = this.ticket(ticketIndex);
    const state = version === 0 ? 'held' : 'released';
    const { reservation, versions } = ticket;
    const greater = number === reservation.number ? rank[state] > rank[reservation.state] : number > reservation.number;
    if (!greater) return 'seen';
    const order = state === 'held' ? index : undefined;
    ticket.reservation = { number, state, order };
    this.saveTicket(ticketIndex, { price: at(versions, versions.length - 1).price, heldBy: order });
    return 'applied';
  }

  /** Cancelled is terminal, and nothing is published twice. */
  private end(index: number): void {
    const order = this.orderAt(index);
    if (order.cancelled) return;
    order.cancelled = true;
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
  return about === 'ticket' ? 'orders' : 'tickets';
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no ${index} of ${items.length}`);
  return item;
}
