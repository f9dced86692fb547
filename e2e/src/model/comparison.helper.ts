import { isDeepStrictEqual } from 'node:util';
import type { Post } from './world/courier.helper';
import type { Letter, Model } from './model';
import { USERS } from './state';
import type { World } from './world/world.helper';

type About = Letter['about'];

/** Computes from the model what the services must have, in their own terms, and compares. */
export class Comparison {
  /** The id that the service gave to the n-th. */
  private readonly ids: Record<About, string[]> = { ticket: [], order: [], payment: [] };

  constructor(
    private readonly model: Model,
    private readonly world: World,
  ) {}

  /** Notes the id of the next one. */
  named(about: About, id: string): void {
    this.ids[about].push(id);
  }

  idOf(about: About, index: number): string {
    const id = this.ids[about][index];
    if (id === undefined) throw new Error(`there is no ${about}#${index}`);
    return id;
  }

  /** The public state of a ticket. @param version absent: the present one */
  ticketState(index: number, version = this.model.versionOf({ about: 'ticket', index })): object {
    const { seller, versions } = this.model.ticket(index);
    const state = versions[version];
    if (!state) throw new Error(`there is no version ${version} of ticket#${index}`);
    const orderId = state.heldBy === undefined ? {} : { orderId: this.idOf('order', state.heldBy) };
    const id = this.idOf('ticket', index);
    const sold = state.sold && { sold: true };
    return { id, version, title: titleOf(state.price), price: state.price, userId: seller, ...orderId, ...sold };
  }

  /** The public state of an order, without its time of expiry. @param version absent: the present one */
  orderState(index: number, version = this.model.versionOf({ about: 'order', index })): object {
    const { ticket, buyer, number, price, end } = this.model.orderAt(index);
    return {
      id: this.idOf('order', index),
      version,
      status: version === 0 ? 'created' : end,
      userId: buyer,
      reservation: number,
      ticket: { id: this.idOf('ticket', ticket), price },
    };
  }

  /** The text with names such as ticket#0 instead of ids. */
  inNames(text: string): string {
    const named = (['ticket', 'order', 'payment'] as const).flatMap((about) =>
      this.ids[about].map((id, index) => [id, `${about}#${index}`] as const),
    );
    return named.reduce((so, [id, name]) => so.replaceAll(id, name), text);
  }

  /** @throws Error with both */
  agree(what: string, said: unknown, expected: unknown): void {
    if (isDeepStrictEqual(said, expected)) return;
    throw new Error(`${what} is ${JSON.stringify(said)}\nby the model it is ${JSON.stringify(expected)}`);
  }

  /** The event that was published for a letter. */
  published(letter: Letter, { subject, event }: Post): void {
    const { about, index, version, snapshot } = letter;
    const ticketSubject = version === 0 && !snapshot ? 'ticket:created' : 'ticket:updated';
    const orderEnd = () => (this.model.orderAt(index).end === 'complete' ? 'order:completed' : 'order:cancelled');
    const { meta, ...state } = event;
    this.agree(
      `the event ${nameOf(letter)}`,
      { subject, state: withoutExpiry(state), snapshot: meta.snapshot === true },
      about === 'ticket'
        ? { subject: ticketSubject, state: this.ticketState(index, version), snapshot }
        : {
            subject: version === 0 ? 'order:created' : orderEnd(),
            state: this.orderState(index, version),
            snapshot,
          },
    );
  }

  /** The present state at the receiver of a letter. */
  async received({ about, index }: Letter): Promise<void> {
    if (about === 'payment') return this.payment(index);
    await (about === 'ticket' ? this.replica(index) : this.ticket(this.model.orderAt(index).ticket));
  }

  /** Everything that both services have of this history. */
  async everything(): Promise<void> {
    const { databases, courier } = this.world;
    for (const index of this.model.tickets.keys()) await Promise.all([this.ticket(index), this.replica(index)]);
    for (const index of this.model.orders.keys()) await this.order(index);
    for (const index of this.model.payments.keys()) await this.payment(index);
    await this.lists();
    await databases.outboxesEmpty();
    await this.refusals();
    const all = [...this.ids.ticket, ...this.ids.order];
    const left = courier.left().filter((key) => all.some((id) => key.includes(id)));
    this.agree('what was published beyond the model', left, []);
    this.agree('what became dead letters', await databases.deadLetters(), []);
    this.agree('on what the services disagree', this.model.disagreements(), []);
  }

  /** What users are shown: the tickets that are free, and the orders of each, the newest first. */
  private async lists(): Promise<void> {
    const { world, model } = this;
    const newestFirst = (states: readonly object[]) => [...states].reverse();
    const free = [...model.tickets.keys()].filter((index) => model.ticket(index).reservation.state === 'released');
    const tickets = await world.client('tickets', 'alice').tickets();
    this.agree('the list of tickets', tickets.body, newestFirst(free.map((index) => this.ticketState(index))));
    for (const user of USERS) {
      const own = [...model.orders.keys()].filter((index) => model.orderAt(index).buyer === user);
      const { body } = await world.client('orders', user).orders();
      const expected = newestFirst(own.map((index) => this.orderState(index)));
      this.agree(`the list of ${user}'s orders`, body.map(withoutExpiry), expected);
    }
  }

  async order(index: number): Promise<void> {
    const order = await this.world.databases.order(this.idOf('order', index));
    this.agree(`order#${index} at orders`, order && withoutExpiry(order), this.orderState(index));
  }

  /** The order that a payment is for, and the refusal if it was refused. */
  private async payment(index: number): Promise<void> {
    await this.order(this.model.paymentAt(index).order);
    const refusal = await this.world.databases.refusal(this.idOf('payment', index));
    this.agree(`the refusal of payment#${index}`, refusal, this.refusalState(index));
  }

  private refusalState(index: number): object | undefined {
    const { order, amount, refused: reason } = this.model.paymentAt(index);
    const id = this.idOf('payment', index);
    return reason && { id, version: 0, orderId: this.idOf('order', order), paymentId: id, amount, reason };
  }

  /** What a service that takes payments has heard: each refusal, and nothing else of this history. */
  private async refusals(): Promise<void> {
    const expected = [...this.model.payments.keys()].flatMap((index) => this.refusalState(index) ?? []);
    const told = await this.world.courier.refusals(this.ids.payment, expected.length);
    this.agree('what was published of refusals', told, expected);
  }

  async ticket(index: number): Promise<void> {
    const { reservation } = this.model.ticket(index);
    const { number, state, order } = reservation;
    const orderId = order === undefined ? {} : { orderId: this.idOf('order', order) };
    const stored = { number, state: state === 'released' ? state : 'held', ...orderId };
    const sold = state === 'sold' && { sold: true };
    const expected = { ...this.ticketState(index), reservation: { ...stored, ...sold } };
    this.agree(`ticket#${index} at tickets`, await this.world.databases.ticket(this.idOf('ticket', index)), expected);
  }

  /** Events that a delivery makes applicable are applied before its ack, whichever instance parked them. */
  private async replica(index: number): Promise<void> {
    const { replica, parked: versions } = this.model.ticket(index);
    const parked = [...versions].sort((a, b) => a - b);
    // orders does not keep whether it is sold: its own orders tell.
    const expected = { ...(replica !== undefined && without('sold', this.ticketState(index, replica))), parked };
    this.agree(`ticket#${index} at orders`, await this.world.databases.replica(this.idOf('ticket', index)), expected);
  }
}

export function titleOf(price: number): string {
  return `at ${price}`;
}

export function nameOf({ about, index, version, snapshot }: Letter): string {
  return `${about}#${index} v${version}${snapshot ? ' (snapshot)' : ''}`;
}

export function withoutExpiry(order: object): object {
  return without('expiresAt', order);
}

function without(field: string, state: object): object {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== field));
}
