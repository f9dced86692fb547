import { z } from 'zod';
import { ticketUpdated } from '../events/ticket';
import { idempotencyKey, keyReused, replayed } from './idempotency';
import { EXAMPLE_IDS, idParams } from './ids';
import { failure, type Operation } from './operation';
import { pageQuery } from './page-query';
import { etag, locationOf, nextLink } from './reply-headers';

/**
 * Control characters, line and paragraph separators, and characters that override, embed or isolate a direction: with
 * these a title looks like another one (Unicode UTR #36, section 2.5). Written as ranges, which every reader of a JSON
 * Schema understands.
 */
// eslint-disable-next-line no-control-regex -- they are what it is about
const NO_CONTROLS = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

/**
 * A character that is visible by itself: no blank, mark, joiner or filler. A character that this Node does not know yet
 * counts as visible. The last four are blanks of Braille, music and hieroglyphs, whose category says signs and letters.
 */
const VISIBLE = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}]/u;
const INVISIBLE = 'a title that can be seen is needed';

/** What a user sends to create or edit a ticket. */
export const ticketInput = z
  .strictObject({
    title: z
      .string()
      .regex(NO_CONTROLS, 'no line breaks, other control characters or changes of direction')
      .trim()
      .min(1, { error: INVISIBLE, abort: true })
      .max(200, 'at most 200 characters')
      .refine((title) => VISIBLE.test(title), INVISIBLE)
      .describe('With at least one visible character; blanks around it are dropped'),
    price: z
      .number('a number is needed')
      .positive('must be greater than 0')
      .max(1_000_000, 'at most 1,000,000')
      .refine((price) => Number(price.toFixed(2)) === price, 'at most two decimals, such as 19.99')
      .describe(
        'At most two decimals, because a cent cannot be divided. There is no `multipleOf` here, because for most validators 0.07 is ' +
          'no multiple of 0.01',
      ),
  })
  .meta({ id: 'TicketInput' });

/** A ticket as replies show it: the same state as in its events. */
export const ticketReply = ticketUpdated.tolerant.omit({ meta: true }).meta({ id: 'Ticket' });

const noSuchTicket = failure('There is no such ticket');
const params = idParams('ticket');

/** The calls of tickets. */
export const ticketsApi = {
  create: {
    id: 'createTicket',
    tag: 'tickets',
    summary: 'Puts a ticket up for sale',
    method: 'post',
    path: '/api/tickets',
    signedIn: true,
    headers: idempotencyKey,
    body: ticketInput,
    example: { title: 'Concert', price: 20 },
    replies: {
      201: {
        description: 'It is for sale',
        body: ticketReply,
        headers: { ...etag, ...replayed, ...locationOf(`/api/tickets/${EXAMPLE_IDS.ticket}`) },
      },
      422: keyReused,
    },
  },
  list: {
    id: 'listTickets',
    tag: 'tickets',
    summary: 'Lists tickets that no order holds or has bought, newest first',
    method: 'get',
    path: '/api/tickets',
    signedIn: false,
    query: pageQuery,
    replies: { 200: { description: 'A page of them', body: z.array(ticketReply), headers: nextLink } },
  },
  show: {
    id: 'showTicket',
    tag: 'tickets',
    summary: 'Shows a ticket',
    method: 'get',
    path: '/api/tickets/:id',
    signedIn: false,
    params,
    replies: { 200: { description: 'The ticket', body: ticketReply, headers: etag }, 404: noSuchTicket },
  },
  update: {
    id: 'updateTicket',
    tag: 'tickets',
    summary: 'Changes the title and the price of a ticket that is yours',
    method: 'put',
    path: '/api/tickets/:id',
    signedIn: true,
    params,
    headers: z.object({
      'If-Match': z
        .string()
        .optional()
        .describe('Only if the ticket is still at one of these versions, such as `"0"`; `*` is any'),
    }),
    body: ticketInput,
    example: { title: 'Concert, second row', price: 25 },
    replies: {
      200: { description: 'It is changed', body: ticketReply, headers: etag },
      403: failure('It belongs to somebody else'),
      404: noSuchTicket,
      409: failure('An order holds it, it is sold, or others kept changing it at the same time'),
      412: failure('It is at another version than If-Match says: read it again and repeat the change'),
    },
  },
} as const satisfies Record<string, Operation>;
