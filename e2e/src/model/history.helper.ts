import { newId, newMeta } from '@ticketing/testing';
import type { Order, Reply, Ticket } from '../system/client.helper';
import { Comparison, titleOf, withoutExpiry } from './comparison.helper';
import type { Diary } from './diary';
import { Mail } from './mail.helper';
import { Model, type Side } from './model';
import { type User, USERS } from './state';
import type { World } from './world/world.helper';

/**
 * One history. It does each command and each delivery in the model and in the services, and compares the results. A
 * pick is a place in a list: the first is 0 and the last is -1. A step about something that does not exist (yet) does
 * nothing. Every method throws Error when services and model disagree.
 */
export class History {
  private readonly model = new Model();
  private readonly comparison: Comparison;
  private readonly mail: Mail;
  private prices = 10;

  constructor(
    private readonly world: World,
    private readonly diary: Diary,
  ) {
    this.comparison = new Comparison(this.model, world);
    this.mail = new Mail(world, this.model, this.comparison, diary);
  }

  async sell(by: User): Promise<void> {
    const price = this.newPrice();
    const reply = await this.world.client('tickets', by).sell(titleOf(price), price);
    const index = this.model.tickets.length;
    this.answered(`${by} sells ticket#${index} for ${price}`, reply, this.model.sell(by, price));
    this.comparison.named('ticket', reply.body.id);
    this.comparison.agree('the reply', reply.body, this.comparison.ticketState(index));
    await this.mail.collect();
  }

  /** @param pick of all tickets @param by absent: its seller */
  async edit(pick: number, by?: User): Promise<void> {
    const index = indexOf(this.model.tickets, pick);
    if (index === undefined) return;
    this.edited(index, await this.sendEdit(index, by));
    await this.comparison.ticket(index);
    await this.mail.collect();
  }

  /** The seller edits a ticket while news of an order of it arrives: one of them is first. @param pick of what waits for tickets */
  async editAtOnce(pick: number): Promise<void> {
    const letter = this.mail.waitingFor('tickets').at(pick);
    if (!letter) return;
    const { ticket } = this.model.orderAt(letter.index);
    const wasHeld = this.model.ticket(ticket).reservation.state === 'held';
    const next = this.model.versionOf({ about: 'ticket', index: ticket }) + 1;
    const [edit] = await Promise.all([this.sendEdit(ticket), this.mail.send(letter)]);
    await this.mail.handled([letter]);
    const { status, body } = edit.reply;
    const editFirst = wasHeld ? status !== 200 : status === 200 && body.version === next;
    if (editFirst) this.edited(ticket, edit);
    this.mail.arrived('at once ', letter);
    if (!editFirst) this.edited(ticket, edit);
    await this.mail.compare([letter]);
  }

  /** @param pick of all tickets */
  async order(pick: number, by: User): Promise<void> {
    const index = indexOf(this.model.tickets, pick);
    if (index === undefined) return;
    this.ordered(index, await this.sendOrder(index, by));
    await this.mail.collect();
  }

  /** All users at the same time: any one of them may win. @param pick of all tickets */
  async orderAtOnce(pick: number): Promise<void> {
    const index = indexOf(this.model.tickets, pick);
    if (index === undefined) return;
    const asked = await Promise.all(USERS.map((by) => this.sendOrder(index, by)));
    const won = ({ reply }: { reply: Reply<unknown> }) => Number(reply.status === 201);
    for (const each of asked.sort((a, b) => won(b) - won(a))) this.ordered(index, each);
    await this.mail.collect();
  }

  /** @param pick of all orders @param by absent: its buyer */
  async cancel(pick: number, by?: User): Promise<void> {
    const index = indexOf(this.model.orders, pick);
    if (index === undefined) return;
    const user = by ?? this.model.orderAt(index).buyer;
    const reply = await this.world.client('orders', user).cancel(this.comparison.idOf('order', index));
    this.answered(`${user} cancels order#${index}`, reply, this.model.cancel(index, user));
    await this.comparison.order(index);
    await this.mail.collect();
  }

  /** A payment of an order is taken. @param pick of all orders @param right whether the amount is its price */
  pay(pick: number, right: boolean): void {
    const index = indexOf(this.model.orders, pick);
    if (index === undefined) return;
    const amount = this.model.orderAt(index).price + (right ? 0 : 1);
    const payment = { id: newId(), version: 0, orderId: this.comparison.idOf('order', index), amount };
    this.model.pay(index, amount);
    this.comparison.named('payment', payment.id);
    this.mail.put({ subject: 'payment:created', event: { ...payment, meta: newMeta() } });
    this.diary.note('payment', `payment#${this.model.payments.length - 1} of order#${index} is ${amount}`);
  }

  /** More time than an order has passes, for both instances of orders, which look for expired orders on their own. */
  async expire(): Promise<void> {
    this.world.passTime();
    this.model.expire();
    this.diary.note('expiry', 'all orders expire');
    await this.mail.collect();
    for (const index of this.model.orders.keys()) await this.comparison.order(index);
  }

  /** @param pick of what waits for this side, oldest first */
  async deliver(to: Side, pick: number): Promise<void> {
    const letter = this.mail.waitingFor(to).at(pick);
    if (letter) await this.mail.deliver('', [letter]);
  }

  /** All that orders waits for of tickets, without a pause. Not snapshots: with them it is open what is parked on the way. */
  async deliverAtOnce(): Promise<void> {
    const letters = this.mail.waitingFor('orders').filter(({ about, snapshot }) => about === 'ticket' && !snapshot);
    if (letters.length > 1) await this.mail.deliver('at once ', letters);
  }

  /** Delivers one again. @param pick of what this side has had, oldest first */
  async repeat(to: Side, pick: number): Promise<void> {
    const letter = this.mail.deliveredTo(to).at(pick);
    if (!letter) return;
    this.diary.count('again');
    await this.mail.deliver('again ', [letter]);
  }

  /** The event is lost; in the end its owner re-emits. @param pick as for deliver */
  lose(to: Side, pick: number): void {
    const letter = this.mail.waitingFor(to).at(pick);
    if (letter) this.mail.lose(letter);
  }

  /** The owner publishes the present state of all that it owns. */
  async reEmit(owner: Side): Promise<void> {
    await this.world.databases.reEmit(owner);
    this.model.reEmit(owner);
    this.diary.note('re-emission', `${owner} re-emits`);
    await this.mail.collect();
  }

  /** @param pick as for deliver, of what arrives while the service is down; absent: nothing */
  async restart(side: Side, pick?: number): Promise<void> {
    const letter = pick === undefined ? undefined : this.mail.waitingFor(side).at(pick);
    this.diary.note('restart', `${side} restarts`);
    if (!letter) return this.world.restart(side);
    await this.world.restart(side, () => this.mail.send(letter));
    await this.mail.arrive('meanwhile ', [letter]);
  }

  /** Delivers the rest, repairs losses, and compares everything. @param picks which is next, repeatedly */
  async finish(picks: readonly number[]): Promise<void> {
    this.diary.lines.push('in the end:');
    let turn = 0;
    const deliverAll = async () => {
      for (const { pending } = this.model; pending.length > 0; turn += 1) {
        const letter = pending[(picks[turn % picks.length] ?? 0) % pending.length];
        if (letter) await this.mail.deliver('', [letter]);
      }
    };
    await deliverAll();
    for (const payment of this.mail.lostAbout('payment')) await this.mail.deliver('when it is told again ', [payment]);
    await deliverAll();
    for (const [owner, about] of [
      ['orders', 'order'],
      ['tickets', 'ticket'],
    ] as const) {
      if (this.mail.lostAbout(about).length === 0) continue;
      await this.reEmit(owner);
      await deliverAll();
    }
    await this.comparison.everything();
    await this.world.databases.forget();
  }

  /** The text with names such as ticket#0 instead of ids. */
  inNames(text: string): string {
    return this.comparison.inNames(text);
  }

  private async sendEdit(index: number, by: User = this.model.ticket(index).seller) {
    const price = this.newPrice();
    const id = this.comparison.idOf('ticket', index);
    return { by, price, reply: await this.world.client('tickets', by).edit(id, titleOf(price), price) };
  }

  private edited(index: number, { by, price, reply }: { by: User; price: number; reply: Reply<Ticket> }): void {
    const status = this.model.edit(index, by, price);
    this.answered(`${by} edits ticket#${index} to ${price}`, reply, status);
    if (status === 200) this.comparison.agree('the reply', reply.body, this.comparison.ticketState(index));
  }

  private async sendOrder(index: number, by: User) {
    return { by, reply: await this.world.client('orders', by).order(this.comparison.idOf('ticket', index)) };
  }

  private ordered(ticket: number, { by, reply }: { by: User; reply: Reply<Order> }): void {
    const status = this.model.order(ticket, by);
    this.answered(`${by} orders ticket#${ticket}`, reply, status);
    if (status !== 201) return;
    this.comparison.named('order', reply.body.id);
    const state = this.comparison.orderState(this.model.orders.length - 1);
    this.comparison.agree('the reply', withoutExpiry(reply.body), state);
  }

  private answered(what: string, { status, body }: Reply<unknown>, expected: number): void {
    this.diary.note(String(status), `${what}: ${status}`);
    this.comparison.agree(`the answer ${JSON.stringify(body)}`, status, expected);
  }

  /** One that no version had before. */
  private newPrice(): number {
    return (this.prices += 1);
  }
}

function indexOf<T>(items: readonly T[], pick: number): number | undefined {
  const index = pick < 0 ? items.length + pick : pick;
  return index >= 0 && index < items.length ? index : undefined;
}
