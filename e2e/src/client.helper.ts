import { waitFor } from '@ticketing/common/testing';
import { testToken } from '@ticketing/common/testing-service';

export interface Reply<Body> {
  readonly status: number;
  readonly body: Body;
}

export interface Ticket {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly price: number;
  readonly userId: string;
  readonly orderId?: string;
}

export interface Order {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly userId: string;
  readonly reservation: number;
  readonly ticket: { readonly id: string; readonly price: number };
}

export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request and resolves with what was answered. */
export type Send = (url: string, sent: Sent) => Promise<{ readonly status: number; readonly text: string }>;

const byFetch: Send = async (url, sent) => {
  const response = await fetch(url, sent);
  return { status: response.status, text: await response.text() };
};

/** What a user does at one address: the ingress, or one instance. Every call resolves with whatever was answered. */
export class Client {
  /** @param send where `fetch` will not do */
  constructor(
    private readonly url: string,
    private readonly user: string,
    private readonly send: Send = byFetch,
  ) {}

  /** @param key an Idempotency-Key */
  readonly sell = (title: string, price = 20, key?: string) =>
    this.call<Ticket>('POST', '/api/tickets', { title, price }, keyed(key));
  /** @param ifVersion only if the ticket is still at this version: 412 otherwise */
  readonly edit = (id: string, title: string, price: number, ifVersion?: number) =>
    this.call<Ticket>(
      'PUT',
      `/api/tickets/${id}`,
      { title, price },
      ifVersion === undefined ? {} : { 'If-Match': `"${ifVersion}"` },
    );
  readonly ticket = (id: string) => this.call<Ticket>('GET', `/api/tickets/${id}`);
  readonly tickets = () => this.call<Ticket[]>('GET', '/api/tickets?limit=100');
  readonly order = (ticketId: string, key?: string) =>
    this.call<Order>('POST', '/api/orders', { ticketId }, keyed(key));
  readonly orders = () => this.call<Order[]>('GET', '/api/orders?limit=100');
  readonly shownOrder = (id: string) => this.call<Order>('GET', `/api/orders/${id}`);
  readonly cancel = (id: string) => this.call<undefined>('DELETE', `/api/orders/${id}`);

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

  private async call<Body>(method: string, path: string, body?: unknown, headers = {}): Promise<Reply<Body>> {
    const { status, text } = await this.send(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${testToken(this.user)}`, 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status, body: bodyOf(text) as Body };
  }
}

function keyed(key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { 'Idempotency-Key': key };
}

/** What is not JSON is not of a service: an ingress controller that has no pod to send to answers with plain text. */
function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws Error with what was answered instead */
export function expectStatus<Body>(status: number, reply: Reply<Body>): Reply<Body> {
  if (reply.status !== status) {
    throw new Error(`expected ${status}, got ${reply.status}: ${JSON.stringify(reply.body)}`);
  }
  return reply;
}
