import type { AnyEvent, Decoded, EventOf, Subject } from '../events/contracts';
import type { Replica } from './replica';

/** One attempt to handle an event. A handler with side effects outside of its own database needs it to be idempotent. */
export interface Attempt {
  /**
   * Of the event. It is the same in every attempt, in every process, after a redrive, and when the event was published
   * twice, so it is the idempotency key for what the handler asks of others.
   */
  readonly id: string;
  /**
   * Which attempt this is, from 1: the failures that the group has counted, and this one. It reads the database. An
   * attempt whose process died is not counted, so 1 does not mean that nothing was asked before. After a dead letter it
   * begins at 1 again.
   */
  readonly number: () => Promise<number>;
}

/**
 * A handler that is correct in any order and with duplicates, by construction. It returns or throws; it does not ack.
 */
export type AnyOrderListener<S extends Subject = Subject> = {
  [K in S]: {
    readonly subject: K;
    readonly ordering: 'any-order';
    /** Events of one key reach the handler one at a time. */
    readonly key: (event: EventOf<K>) => string;
    /**
     * Return 'seen' when the event changed nothing. Throw to get it again: after a pause that grows with each failure,
     * as far as the broker can wait, and as a dead letter in the end.
     */
    readonly handle: (event: EventOf<K>, attempt: Attempt) => Promise<'applied' | 'seen'>;
  };
}[S];

/** What a service listens to, and in which order. See `replica` for events that need the order of versions. */
export type Listener<S extends Subject = Subject> = AnyOrderListener<S> | Replica;

/**
 * One channel of a listener, with a subject that is not known at compile time. The mechanism works with this after
 * decoding.
 */
export interface AnyListener {
  readonly subject: Subject;
  keyOf(event: AnyEvent): string;
  handle(event: AnyEvent, attempt: Attempt): Promise<'applied' | 'seen'>;
}

/** Forgets the types of the subjects. This is sound, because an event only reaches the listener of its own subject. */
export function channelsOf(listener: Listener): AnyListener[] {
  if (listener.ordering === 'in-order') {
    return listener.subjects.map((subject) => ({
      subject,
      keyOf: ({ id }) => id,
      handle: () => Promise.reject(new Error('the events of a replica go through its inbox')),
    }));
  }
  return [
    {
      subject: listener.subject,
      keyOf: listener.key,
      handle(event: never, attempt: Attempt) {
        listener.key(event); // an event without a key cannot be handled one at a time; that counts as a failure of the handler
        return listener.handle(event, attempt);
      },
    },
  ];
}

/** The key of a decoded message; undefined when that fails. Then the handler, which needs the key again, fails. */
export function keyOf(listener: AnyListener, decoded: Decoded<Subject>): string | undefined {
  try {
    return decoded.ok ? listener.keyOf(decoded.event) : undefined;
  } catch {
    return undefined;
  }
}
