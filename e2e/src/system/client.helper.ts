import { type Order, type Ticket, ticketingClient, type TicketingClientOptions } from '@ticketing/common/client';
import { waitFor, testToken } from '@ticketing/testing';

export type { Order, Ticket };

export interface Reply<Body> {
  readonly status: number;
  readonly body: Body;
}

/** Sends a request and resolves with what was answered. */
export type Send = NonNullable<TicketingClientOptions['fetch']>;

/**
 * The calls of a user to one address: the ingress, or one instance. Every call resolves with the answer, whatever it
 * is.
 */
export class Client {
  private readonly api;

  /** @param send where `fetch` is not enough */
  constructor(baseUrl: string, user: string, send?: Send) {
    this.api = ticketingClient({ baseUrl, token: testToken(user), ...(send && { fetch: send }) });
  }

  /** @param key an Idempotency-Key */
  readonly sell = (title: string, price = 20, key?: string) =>
    replyOf(this.api.POST('/api/tickets', { params: keyed(key), body: { title, price } }));
  /** @param ifVersion only if the ticket is still at this version: 412 otherwise */
  readonly edit = (id: string, title: string, price: number, ifVersion?: number) => {
    const header = ifVersion === undefined ? {} : { 'If-Match': `"${ifVersion}"` };
    return replyOf(this.api.PUT('/api/tickets/{id}', { params: { path: { id }, header }, body: { title, price } }));
  };
  readonly ticket = (id: string) => replyOf(this.api.GET('/api/tickets/{id}', { params: { path: { id } } }));
  readonly tickets = () => replyOf(this.api.GET('/api/tickets', WHOLE_PAGE));
  readonly order = (ticketId: string, key?: string) =>
    replyOf(this.api.POST('/api/orders', { params: keyed(key), body: { ticketId } }));
  readonly orders = () => replyOf(this.api.GET('/api/orders', WHOLE_PAGE));
  readonly shownOrder = (id: string) => replyOf(this.api.GET('/api/orders/{id}', { params: { path: { id } } }));
  readonly cancel = (id: string) => replyOf(this.api.DELETE('/api/orders/{id}', { params: { path: { id } } }));

  /** Puts a ticket up for sale. @throws when that is not answered by 201 */
  async sold(title: string, price = 20): Promise<Ticket> {
    return expectStatus(201, await this.sell(title, price)).body;
  }

  /** Orders a ticket as soon as orders knows it. @throws when that is not answered by 201 */
  async orderSoon(ticketId: string): Promise<Order> {
    const ask = async () => {
      const answered = await this.order(ticketId);
      if (answered.status === 404) throw new Error(JSON.stringify(answered.body));
      return answered;
    };
    const reply = await waitFor(ask, { what: `ticket ${ticketId} in orders` });
    return expectStatus(201, reply).body;
  }
}

function keyed(key: string | undefined) {
  return key === undefined ? {} : { header: { 'Idempotency-Key': key } };
}

const WHOLE_PAGE = { params: { query: { limit: 100 } } };

/**
 * The answer with the expected type of the body; a test checks the status. A body need not be JSON: an ingress
 * controller without a pod answers with plain text.
 */
async function replyOf<Body>(
  answer: Promise<{ readonly data?: Body; readonly error?: unknown; readonly response: Response }>,
): Promise<Reply<Exclude<Body, undefined>>> {
  const { data, error, response } = await answer;
  // Copied, because jest's `fetch` gives objects of another realm, which are not strictly equal to ours.
  const text = JSON.stringify(data ?? error) as string | undefined;
  const body = (text === undefined ? undefined : JSON.parse(text)) as Exclude<Body, undefined>;
  return { status: response.status, body };
}

/** @throws Error with what was answered instead */
export function expectStatus<Body>(status: number, reply: Reply<Body>): Reply<Body> {
  if (reply.status !== status) {
    throw new Error(`expected ${status}, got ${reply.status}: ${JSON.stringify(reply.body)}`);
  }
  return reply;
}
