import type { Order, Reply } from '../client.helper';
import { Comparison, nameOf, titleOf, withoutExpiry } from './comparison.helper';
import type { Post } from './courier.helper';
import { interleavings } from './interleavings';
import { type Letter, Model, receiverOf, type Side, type User, USERS } from './model';
import type { World } from './world.helper';

/** How often something happened, over many histories. */
export type Coverage = Record<string, number>;

/**
 * One history: does each command and each delivery in the model and in the services, and compares what they say.
 * What is about something that is not there (yet) does nothing. Every method throws Error when the two disagree.
 */
export class History {
  readonly model = new Model();
  /** What was done, and what came of it, in words. */
  readonly log: string[] = [];
  private readonly comparison: Comparison;
  private readonly posts = new Map<Letter, Post>();
  private readonly delivered: Letter[] = [];
  private readonly lost: Letter[] = [];
  private prices = 10;

  constructor(
    private readonly world: World,
    private readonly coverage: Coverage = {},
  ) {
    this.comparison = new Comparison(this.model, world);
  }

  async sell(by: User): Promise<void> {
    const price = (this.prices += 1);
    const reply = await this.world.client('tickets', by).sell(titleOf(price), price);
    const index = this.model.tickets.length;
    this.answered(`${by} sells ticket#${index} for ${price}`, reply, this.model.sell(by, price));
    this.comparison.named('ticket', reply.body.id);
    this.comparison.agree('the reply', reply.body, this.comparison.ticketState(index));
    await this.collect();
  }

  /** @param by absent: its owner */
  async edit(pick: number, by?: User): Promise<void> {
    const ticket = this.model.tickets.at(pick);
    if (!ticket) return;
    const index = this.model.tickets.indexOf(ticket);
    const price = (this.prices += 1);
    const user = by ?? ticket.seller;
    const id = this.comparison.idOf('ticket', index);
    const reply = await this.world.client('tickets', user).edit(id, titleOf(price), price);
    const status = this.model.edit(index, user, price);
    this.answered(`${user} edits ticket#${index} to ${price}`, reply, status);
    await this.comparison.ticket(index);
    if (status === 200) this.comparison.agree('the reply', reply.body, this.comparison.ticketState(index));
    await this.collect();
  }

  async order(pick: number, by: User): Promise<void> {
    const ticket = this.model.tickets.at(pick);
    if (!ticket) return;
    const index = this.model.tickets.indexOf(ticket);
    this.ordered(index, by, await this.world.client('orders', by).order(this.comparison.idOf('ticket', index)));
    await this.collect();
  }

  /** All users at the same time: one of them may win, whoever it is. */
  async orderAtOnce(pick: number): Promise<void> {
    const ticket = this.model.tickets.at(pick);
    if (!ticket) return;
    const index = this.model.tickets.indexOf(ticket);
    const id = this.comparison.idOf('ticket', index);
    const ask = async (by: User) => ({ by, reply: await this.world.client('orders', by).order(id) });
    const asked = await Promise.all(USERS.map(ask));
    const won = ({ reply }: { reply: Reply<unknown> }) => Number(reply.status === 201);
    for (const { by, reply } of asked.sort((a, b) => won(b) - won(a))) this.ordered(index, by, reply);
    await this.collect();
  }

  /** @param pick -1: the newest order @param by absent: its owner */
  async cancel(pick: number, by?: User): Promise<void> {
    const order = this.model.orders.at(pick);
    if (!order) return;
    const index = this.model.orders.indexOf(order);
    const user = by ?? order.buyer;
    const reply = await this.world.client('orders', user).cancel(this.comparison.idOf('order', index));
    this.answered(`${user} cancels order#${index}`, reply, this.model.cancel(index, user));
    await this.comparison.order(index);
    await this.collect();
  }

  /** @param pick of those that wait for this side, oldest first; -1: the last one */
  async deliver(to: Side, pick: number): Promise<void> {
    const letter = this.waitingFor(to).at(pick);
    if (letter) await this.arrive('', [this.take(letter)]);
  }

  /** All that orders waits for, without a pause. Not snapshots: with them it is open which versions are left parked. */
  async deliverAtOnce(): Promise<void> {
    const letters = this.waitingFor('orders').filter(({ snapshot }) => !snapshot);
    if (letters.length > 1)
      await this.arrive(
        'at once ',
        letters.map((letter) => this.take(letter)),
      );
  }

  /** Delivers one again. @param pick of those that this side had, the first one first; -1: the last one */
  async repeat(to: Side, pick: number): Promise<void> {
    const letter = this.delivered.filter((each) => receiverOf(each) === to).at(pick);
    if (!letter) return;
    this.count('again');
    await this.arrive('again ', [letter]);
  }

  /** It never comes. In the end its owner re-emits. @param pick as for deliver */
  lose(to: Side, pick: number): void {
    const letter = this.waitingFor(to).at(pick);
    if (!letter) return;
    this.lost.push(this.take(letter));
    this.note('lost', `${nameOf(letter)} is lost`);
  }

  async reEmit(owner: Side): Promise<void> {
    await this.world.databases.reEmit(owner);
    this.model.reEmit(owner);
    this.note('re-emission', `${owner} re-emits`);
    await this.collect();
  }

  /** @param pick of those that wait for this side, the one that arrives while it is down; absent: none */
  async restart(side: Side, pick?: number): Promise<void> {
    const letter = pick === undefined ? undefined : this.waitingFor(side).at(pick);
    this.note('restart', `${side} restarts`);
    if (!letter) return this.world.restart(side);
    const forward = () => this.world.courier.forward(this.postOf(letter));
    await this.world.restart(side, forward);
    await this.arrive('meanwhile ', [this.take(letter)], () => Promise.resolve());
  }

  /** Delivers what is left, repairs what was lost, and compares everything. @param picks which is next, again and again */
  async finish(picks: readonly number[]): Promise<void> {
    this.log.push('in the end:');
    let turn = 0;
    const deliverAll = async () => {
      for (const { pending } = this.model; pending.length > 0; turn += 1) {
        const letter = pending[(picks[turn % picks.length] ?? 0) % pending.length];
        if (letter) await this.arrive('', [this.take(letter)]);
      }
    };
    await deliverAll();
    for (const owner of ['orders', 'tickets'] as const) {
      if (!this.lost.some((letter) => receiverOf(letter) !== owner)) continue;
      await this.reEmit(owner);
      await deliverAll();
    }
    await this.comparison.everything();
    await this.world.databases.forget();
  }

  /** Sends letters, waits until the receiver is done with them, and compares what it has then. */
  private async arrive(
    how: string,
    letters: readonly Letter[],
    send = (letter: Letter) => this.world.courier.forward(this.postOf(letter)),
  ): Promise<void> {
    await Promise.all(letters.map(send));
    const subjects = new Set(letters.map((letter) => this.postOf(letter).subject));
    await Promise.all([...subjects].map((subject) => this.world.courier.settled(subject)));
    for (const letter of letters) {
      for (const what of interleavings(this.model, letter, this.delivered)) this.count(what);
      const outcome = this.model.deliver(letter);
      this.delivered.push(letter);
      this.note(outcome, `${nameOf(letter)} reaches ${receiverOf(letter)} ${how}(${outcome})`);
    }
    for (const letter of letters) await this.comparison.received(letter);
    await this.collect();
  }

  /** Takes in what the services must have published by now. */
  private async collect(): Promise<void> {
    for (const letter of this.model.pending) {
      if (this.posts.has(letter)) continue;
      const post = await this.world.courier.collect({
        ...letter,
        id: this.comparison.idOf(letter.about, letter.index),
      });
      this.comparison.published(letter, post);
      this.posts.set(letter, post);
    }
  }

  private ordered(ticket: number, by: User, reply: Reply<Order>): void {
    const status = this.model.order(ticket, by);
    this.answered(`${by} orders ticket#${ticket}`, reply, status);
    if (status !== 201) return;
    this.comparison.named('order', reply.body.id);
    const state = this.comparison.orderState(this.model.orders.length - 1);
    this.comparison.agree('the reply', withoutExpiry(reply.body), state);
  }

  private answered(what: string, { status, body }: Reply<unknown>, expected: number): void {
    this.note(String(status), `${what}: ${status}`);
    this.comparison.agree(`the answer ${JSON.stringify(body)}`, status, expected);
  }

  private waitingFor(side: Side): Letter[] {
    return this.model.pending.filter((letter) => receiverOf(letter) === side);
  }

  private take(letter: Letter): Letter {
    this.model.pending.splice(this.model.pending.indexOf(letter), 1);
    return letter;
  }

  private postOf(letter: Letter): Post {
    const post = this.posts.get(letter);
    if (!post) throw new Error(`${nameOf(letter)} was not collected`);
    return post;
  }

  private note(what: string, line: string): void {
    this.count(what);
    this.log.push(line);
  }

  private count(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1;
  }
}
