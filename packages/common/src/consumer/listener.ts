import type { AnyEvent, Decoded, EventOf, Subject } from '../events/contracts';
import type { Replica } from './ordering';

/**
 * What a service listens to, and in which order it needs it. A handler returns or throws; it never acks.
 * In order: the mechanism decides by version what reaches the replica. Any order: the handler is right in any order, and
 * with duplicates, by construction; events of one `key` reach it one at a time.
 */
export type Listener<S extends Subject = Subject> = {
  [K in S]:
    | { readonly subject: K; readonly ordering: 'in-order'; readonly replica: Replica<EventOf<K>> }
    | {
        readonly subject: K;
        readonly ordering: 'any-order';
        readonly key: (event: EventOf<K>) => string;
        /** Returns 'seen' when the event changed nothing. Throw to have it delivered again. */
        readonly handle: (event: EventOf<K>) => Promise<'applied' | 'seen'>;
      };
}[S];

/** A listener whose subject is not known at compile time: what the mechanism works with after decoding. */
export interface AnyListener {
  readonly subject: Subject;
  keyOf(event: AnyEvent): string;
  readonly replica: Replica<AnyEvent> | undefined;
  handle(event: AnyEvent): Promise<'applied' | 'seen'>;
}

/** Forgets the subject's type. Sound because an event only reaches the listener of the subject it was decoded for. */
export function anyListener(listener: Listener): AnyListener {
  if (listener.ordering === 'in-order') {
    return {
      subject: listener.subject,
      keyOf: (event) => event.id,
      replica: listener.replica,
      handle: () => Promise.reject(new Error('events in order go through the replica')),
    };
  }
  return {
    subject: listener.subject,
    keyOf: listener.key,
    replica: undefined,
    handle(event: never) {
      listener.key(event); // an event without a key cannot be handled one at a time: that is a failure of the handler
      return listener.handle(event);
    },
  };
}

/** The key of a decoded message; undefined when there is none to be had: then the handler, which asks for it again, fails by it. */
export function keyOf(listener: AnyListener, decoded: Decoded<Subject>): string | undefined {
  try {
    return decoded.ok ? listener.keyOf(decoded.event) : undefined;
  } catch {
    return undefined;
  }
}
