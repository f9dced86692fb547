import type { z } from 'zod';
import { errorReply } from './error-reply';

/** A header of a reply: its meaning and its form. */
export interface ReplyHeader {
  readonly description: string;
  readonly example: string;
}

/** What one status means. */
export interface Reply {
  readonly description: string;
  /** Absent: the reply has no body. */
  readonly body?: z.ZodType;
  /** Headers that the reply always has, unless they are `optional`. */
  readonly headers?: Readonly<Record<string, ReplyHeader & { readonly optional?: true }>>;
}

/**
 * One call of the REST interface as plain data. It validates requests, and the OpenAPI document is generated from it.
 */
export interface Operation {
  /** Unique among all operations. */
  readonly id: string;
  /** The service that answers. */
  readonly tag: string;
  readonly summary: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In Express's form, such as `/api/tickets/:id`. */
  readonly path: string;
  /** Whether the caller must be signed in; otherwise the reply is 401. */
  readonly signedIn: boolean;
  /** Each field with an example, unless it is optional. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Request headers, by their usual spelling. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** A body that a test sends. */
  readonly example?: unknown;
  /** The replies special to this operation; `repliesOf` adds those that every operation of its kind has. */
  readonly replies: Readonly<Record<number, Reply>>;
}

/** A reply in the shape that all errors have. */
export function failure(description: string, headers?: Reply['headers']): Reply {
  return { description, body: errorReply, ...(headers && { headers }) };
}

/** The reply to a caller that is not signed in. */
const NOT_SIGNED_IN = failure('Not signed in: there is no valid token', {
  'WWW-Authenticate': { description: 'How to sign in', example: 'Bearer' },
});

const retryAfter = (example: string) => ({ 'Retry-After': { description: 'When to try again (s)', example } });

const TOO_MANY = failure(
  'Too many requests in a minute from one user, or from one address that is not signed in',
  retryAfter('42'),
);

const UNAVAILABLE = failure(
  'The service cannot do this now. Nothing was changed, unless the message says that this is not known. The service is starting, ' +
    'cannot reach its database, has too many requests, takes too long for this one, or has too many changes that wait to be ' +
    'published. Try again',
  retryAfter('5'),
);

/** Every status that an operation itself answers, with its meaning. */
export function repliesOf({ replies, signedIn, body }: Operation): Readonly<Record<number, Reply>> {
  return {
    400: failure('The request cannot be read, or breaks its schema: one entry per problem'),
    ...(signedIn && { 401: NOT_SIGNED_IN }),
    ...(body && {
      413: failure('The body is too large'),
      415: failure('The Content-Encoding or the charset of the body is not supported'),
    }),
    429: TOO_MANY,
    503: UNAVAILABLE,
    ...replies,
  };
}
