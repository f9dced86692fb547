import { sleep } from '@ticketing/common';
import { type Random, seededRandom, waitFor } from '@ticketing/testing';
import { Client, type Order, type Reply, type Send, type Ticket } from './client.helper';

export type Call = 'sell' | 'edit' | 'order' | 'cancel' | 'show-ticket' | 'show-order' | 'list';

/** One request of a user and its result, as the client records it. */
export interface Answered {
  readonly call: Call;
  readonly user: string;
  /** When it was sent (ms since 1970), and how long the answer took (ms). */
  readonly at: number;
  readonly ms: number;
  /** The ticket or order that it was about, when it named one. */
  readonly id?: string;
  /** 0: there was no answer. */
  readonly status: number;
  /** What was answered, or why there was no answer. */
  readonly body: unknown;
}

export interface MixedLoadOptions {
  /** Of the ingress. */
  readonly url: string;
  /** Decides what each user does; the results depend on the others. Default 1. */
  readonly seed?: number;
  /** Default 12. */
  readonly users?: number;
  /** Between two requests of a user, on average (ms). Default 30. */
  readonly pauseMs?: number;
  readonly onAnswer?: (answered: Answered) => void;
  /** How requests are sent; default by `fetch`. */
  readonly send?: Send;
}

/** How often each status was answered; 0 is no answer. */
export type Statuses = Record<number, number>;

/** A user that waits longer than this (ms) does something else meanwhile, with this many open requests at most. */
const PATIENCE_MS = 500;
const MAX_OPEN = 5;

/** What all users know. */
interface Market {
  readonly tickets: { readonly id: string; readonly seller: string; version: number }[];
}

/** Several users sell, edit, order, cancel and read, independently but on the same tickets, until `end`. */
export class MixedLoad {
  readonly statuses: Statuses = {};
  private going = true;
  private readonly users: Promise<unknown>;

  constructor(private readonly options: MixedLoadOptions) {
    const { seed = 1, users = 12 } = options;
    const market: Market = { tickets: [] };
    const names = Array.from({ length: users }, (_, n) => `user${n}`);
    this.users = Promise.all(names.map((name, n) => this.trade(name, seededRandom(seed * 1_000 + n), market)));
  }

  /** Resolves when so many more cancels were answered by 204. */
  async untilCancelled(more: number): Promise<void> {
    const wanted = (this.statuses[204] ?? 0) + more;
    await waitFor(() => (this.statuses[204] ?? 0) >= wanted, { what: `${wanted} cancels`, timeoutMs: 60_000 });
  }

  /** Resolves when every request that was sent has its answer. */
  async end(): Promise<void> {
    this.going = false;
    await this.users;
  }

  private async trade(user: string, random: Random, market: Market): Promise<void> {
    const { pauseMs = 30 } = this.options;
    const client = this.clientOf(user);
    const mine: Order[] = [];
    const open = new Set<Promise<void>>();
    while (this.going) {
      const doing = this.act(user, client, random, market, mine).finally(() => open.delete(doing));
      open.add(doing);
      await Promise.race([doing, sleep(PATIENCE_MS)]);
      while (open.size >= MAX_OPEN) await Promise.race(open);
      await sleep(random.between(0.5, 1.5) * pauseMs);
    }
    await Promise.all(open);
  }

  private clientOf(user: string): Client {
    return new Client(this.options.url, user, this.options.send);
  }

  private async act(user: string, client: Client, random: Random, { tickets }: Market, mine: Order[]): Promise<void> {
    const dice = random.below(100);
    const ticket = tickets.length > 0 && random.pick(random.chance(0.5) ? tickets.slice(-8) : tickets);
    if (!ticket || dice < 12) {
      const { status, body } = await this.answered(user, 'sell', undefined, () => client.sell(`sold by ${user}`));
      if (status === 201) tickets.push({ id: body.id, seller: user, version: body.version });
    } else if (dice < 40) {
      // Only the seller may edit, so it is done in the seller's name.
      const { id, seller, version } = ticket;
      const ifVersion = random.chance(0.3) ? version : undefined;
      const [title, price] = [`edited by ${user} at ${Date.now()}`, 1 + random.below(1_000)];
      const edit = () => this.clientOf(seller).edit(id, title, price, ifVersion);
      const { status, body } = await this.answered(seller, 'edit', id, edit);
      if (status === 200) ticket.version = Math.max(ticket.version, body.version);
    } else if (dice < 72) {
      const { status, body } = await this.answered(user, 'order', ticket.id, () => client.order(ticket.id));
      if (status === 201) mine.push(body);
    } else if (dice < 90 && mine.length > 0) {
      // Kept, an order may be cancelled twice, and expire meanwhile.
      const order = random.pick(mine);
      if (random.chance(0.8)) mine.splice(mine.indexOf(order), 1);
      await this.answered(user, 'cancel', order.id, () => client.cancel(order.id));
    } else if (dice < 95 && mine.length > 0) {
      const { id } = random.pick(mine);
      await this.answered(user, 'show-order', id, () => client.shownOrder(id));
    } else if (dice < 99) await this.answered(user, 'show-ticket', ticket.id, () => client.ticket(ticket.id));
    else await this.answered(user, 'list', undefined, () => client.tickets());
  }

  private async answered<Body extends Ticket | Order | Ticket[] | undefined>(
    user: string,
    call: Call,
    id: string | undefined,
    send: () => Promise<Reply<Body>>,
  ): Promise<Reply<Body>> {
    const at = Date.now();
    const lost = (error: unknown): Reply<Body> => ({ status: 0, body: whyOf(error) as never });
    const reply = await send().catch(lost);
    this.statuses[reply.status] = (this.statuses[reply.status] ?? 0) + 1;
    this.options.onAnswer?.({ call, user, at, ms: Date.now() - at, ...(id && { id }), ...reply });
    return reply;
  }
}

/** `fetch` says only "fetch failed"; the cause says why. */
function whyOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? `${String(error)}: ${String(cause)}` : String(error);
}
