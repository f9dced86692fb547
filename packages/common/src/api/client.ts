import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './generated';

export type Ticket = components['schemas']['Ticket'];
export type Order = components['schemas']['Order'];
/** The body of every reply from status 400 on. */
export type Errors = components['schemas']['Errors'];

/** Calls by method and path, such as `client.GET('/api/tickets/{id}', { params: { path: { id } } })`. */
export type TicketingClient = Client<paths>;

export interface TicketingClientOptions {
  /** Address of both services, such as `http://localhost:3000`. */
  readonly baseUrl: string;
  /** The JWT of the caller; without it only public calls work. */
  readonly token?: string;
  /** Sends the requests; by default the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * The REST interface with its types, generated from the OpenAPI document. A call resolves with `data`, or with `error`
 * from status 400 on, and with the `response`. It rejects when there is no answer. Works in browsers and from Node 18
 * on.
 */
export function ticketingClient({ baseUrl, token, fetch }: TicketingClientOptions): TicketingClient {
  return createClient<paths>({
    baseUrl,
    ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    ...(fetch && { fetch }),
  });
}
