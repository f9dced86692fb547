import type { z } from 'zod';
import { declared } from './declared';
import { parseMessage, type StoredMessage } from './stored-message';
import { IllFormedTextError, requireWellFormedJson } from './well-formed';

/** An interface, so that templates/service can be compiled, whose event is nobody's yet. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- what it extends is all of it
export interface Contracts extends Readonly<typeof declared> {}

/** The contract of every event, by its subject. A channel has the name of its subject. */
export const contracts: Contracts = declared;

export type Subject = keyof Contracts;

/** An event as a consumer sees it: the state of the aggregate and `meta`. */
export type EventOf<S extends Subject> = { [K in Subject]: z.output<Contracts[K]['tolerant']> }[S];

/** An event without `meta`: the public state of the aggregate at one version. */
export type StateOf<S extends Subject> = { [K in Subject]: Omit<EventOf<K>, 'meta'> }[S];

export type AnyEvent = EventOf<Subject>;
export type EventMeta = AnyEvent['meta'];

/** An event for publishing breaks its contract: a programming error of the publisher. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  constructor(
    readonly subject: Subject,
    readonly problems: string,
  ) {
    super(`event ${subject} breaks its contract: ${problems}`);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Lists each problem with its path, in one line. */
function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'event'}: ${issue.message}`).join('; ');
}

/**
 * The JSON text of an event. Publishers are strict. @throws ContractError when a field is missing, wrong or unknown, or
 * a text is not well-formed
 */
export function encodeEvent<S extends Subject>(subject: S, event: EventOf<S>): string {
  const checked = contracts[subject].strict.safeParse(event);
  if (!checked.success) throw new ContractError(subject, problemsOf(checked.error));
  const text = JSON.stringify(checked.data);
  try {
    requireWellFormedJson(text);
  } catch (error) {
    throw new ContractError(subject, messageOf(error));
  }
  return text;
}

export type Decoded<S extends Subject> =
  { ok: true; event: EventOf<S> } | { ok: false; reason: 'not-json' | 'schema'; message: string };

/**
 * Reads a message, also one from a publisher that writes no `meta` (see `parseMessage`). Does not throw: a message that
 * can never succeed is returned as such, so that it can become a dead letter.
 */
export function decodeEvent<S extends Subject>(subject: S, message: StoredMessage): Decoded<S> {
  let json: unknown;
  try {
    json = parseMessage(message);
  } catch (error) {
    const reason = error instanceof IllFormedTextError ? 'schema' : 'not-json';
    return { ok: false, reason, message: messageOf(error) };
  }
  const checked = contracts[subject].tolerant.safeParse(json);
  if (!checked.success) return { ok: false, reason: 'schema', message: problemsOf(checked.error) };
  return { ok: true, event: checked.data as EventOf<S> };
}
