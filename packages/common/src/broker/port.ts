import type { StoredMessage } from '../events/stored-message';
import type { Logger } from '../runtime/logger';

/**
 * Where a message is in its channel. It may be written down, and compared years later by the adapter that gave it.
 * Of every engine it is true that a message has the same position each time it is read; that a message that was stored later
 * has a later `storedAt`, or the same one and a higher `sequence`, also when the engine has a new store meanwhile. Nothing
 * else follows from the numbers: whether a hole between two of them is a loss, only the adapter knows.
 */
export interface Position {
  /** From 1, ascending within one store; some engines leave holes. */
  readonly sequence: number;
  /** When it was stored (ms since 1970, the server's clock). */
  readonly storedAt: number;
  /** The store that numbered it, of an engine that gives its stores names. */
  readonly store?: string;
}

/** A message as it was delivered to one member of a group. It comes at least once: perhaps again, late, and in any order. */
export interface Message extends StoredMessage, Position {
  /** True when it was surely delivered before, to anyone in the group. False proves nothing. */
  readonly redelivered: boolean;
  /**
   * Says that the group is done with the message, whoever has it. Call it once, after everything that must not be lost was
   * stored. It may get lost, and then the message comes again; it has no effect after the subscription or the connection ended.
   */
  ack(): void;
  /**
   * Gives it back, to come again to any member: after `afterMs` (ms) from an engine that can, and no later than the ack wait or
   * `afterMs`, whichever is longer. A message that is neither acked nor given back comes again after the ack wait.
   */
  retry(afterMs: number): void;
}

export interface ConsumeOptions {
  /** Members of one group share the messages of a channel, each is for one of them; other groups get them all as well. */
  readonly group: string;
  /** Without an ack for so long (ms; an engine may round it up to a second) the message is delivered again. */
  readonly ackWaitMs: number;
  /** Unacked messages that this member is sent. Redeliveries may come on top: bound them yourself. */
  readonly maxInFlight: number;
}

export interface Subscription {
  /** Resolves once the broker has it and delivers; waits as long as the broker is away, or refuses it. Never rejects. */
  readonly ready: Promise<void>;
  /**
   * Nothing is delivered from the call on. The group's position stays: what was not acked comes to the others after the ack
   * wait, or to the next member. Resolves within a bound, also when nobody answers. Idempotent.
   */
  close(): Promise<void>;
}

/** What became of a message that was published. */
export interface PublishAck {
  /** Of an engine that says it. */
  readonly sequence?: number;
  /** The engine has dropped it as one that it had stored under the same id before. No proof that it has that one still. */
  readonly duplicate?: boolean;
}

/** What a channel has. */
export interface Extent {
  readonly first: Position;
  readonly last: Position;
  /** How many messages it holds. */
  readonly held: number;
}

/** Messages that a group will never get. `offered` is the first one that it is offered instead. */
export type Loss =
  /** These were removed before the group had them; both are included. */
  | { readonly kind: 'lost'; readonly from: number; readonly to: number; readonly offered: Position }
  /** The channel begins anew, in a store that knows nothing of what the group had. */
  | { readonly kind: 'new-store'; readonly offered: Position }
  /** One position came as two messages, so another message never comes: docs/decisions/0013. */
  | { readonly kind: 'twice'; readonly offered: Position };

/**
 * The broker: all that this system knows of one. An adapter implements it for an engine, and `brokerConformance` of
 * @ticketing/testing says what that means. It promises what the weakest engine keeps: at least once, any order, what was
 * acknowledged is stored, a position for each group. It is always on its way to being connected: it makes its subscriptions
 * anew by itself, and no method but those that say so throws for a broker that is away.
 *
 * Not its job: order, duplicates and validity (versions decide those), bounding redeliveries, and keeping what was not
 * published (the outbox has it).
 */
export interface Broker {
  /**
   * Resolves once the broker has stored the message as durably as it is set up to. `id` is the same whenever the same thing is
   * published: an engine that can drops the second one, and nobody relies on that.
   * @throws NotConnectedError at once when there is no connection; RefusedError when the broker does not take it;
   * NoAnswerError within a bound when it may or may not have been stored: publishing it again is right
   */
  publish(channel: string, payload: string, options?: { readonly id?: string }): Promise<PublishAck>;

  /**
   * Delivers what the group has not acked, from the channel's first message on, until it is closed. Successors may come before
   * their predecessors, more than `maxInFlight` of them. A refused channel is tried again and does not hold up the others.
   * `onMessage` must not throw: the adapter logs what it throws, and does not ack.
   */
  consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void): Subscription;

  /**
   * Deletes the group's position in the channel: a group of this name begins anew. Call it when no member consumes; with one
   * that does, what happens to the position is up to the engine. @throws as `extent` does
   */
  forgetGroup(channel: string, group: string): Promise<void>;

  /**
   * The messages that the channel has now, in their order, each once; ends behind the one that was the newest when it began.
   * It is nobody's group, keeps no position and takes no message from anybody. With `after` it leaves out what is up to there,
   * unless the channel has a new store since: then it has all. It reads as fast as it is iterated.
   * @throws as `extent` does, also when the connection is lost meanwhile; UndeliveredError
   */
  readAll(
    channel: string,
    options?: { readonly after?: Position | undefined },
  ): AsyncIterable<StoredMessage & Position>;

  /**
   * What the channel has. Silence is not emptiness.
   * @throws NotConnectedError; NoAnswerError when the broker says nothing within a bound; RefusedError
   */
  extent(channel: string): Promise<Extent | 'empty'>;

  /**
   * What a group that had come to `reached` (undefined: to nothing) can never get, by what the channel has now. An empty channel
   * may tell nothing. @throws as `extent` does
   */
  lossSince(channel: string, reached: Position | undefined): Promise<Loss | undefined>;

  /** The same when `next` is all that the channel has after `reached`. Asks nobody. */
  lossBetween(reached: Position | undefined, next: Position): Loss | undefined;

  isConnected(): boolean;
  /** Since when it is not connected; undefined when it is. */
  downSince(): Date | undefined;
  /** Channels that the broker does not let this process consume, or publish on; by name. */
  refusedChannels(): readonly string[];
  /** Called for each connection before a subscription is made on it; what it throws is logged. Returns how to stop that. */
  onConnected(callback: () => void): () => void;

  /** Ends everything: a publish that waits rejects, and no socket or timer is left. Close the subscriptions first. Idempotent. */
  close(): Promise<void>;
}

export interface BrokerOptions {
  readonly url: string;
  /** What each client of this process is called begins so. */
  readonly clientIdPrefix: string;
  readonly logger: Logger;
  /** Put before each channel's name, so that test suites can share one server. Default: nothing. */
  readonly channelPrefix?: string;
  /** Published messages that wait for their acks at a time; more wait their turn. Default 256. */
  readonly publishWindow?: number;
  /** For connecting, subscribing, and each other answer. Default 5,000 ms. */
  readonly timeoutMs?: number;
  /** A broker that is away for so long is an error in the log. Default 60,000 ms. */
  readonly sayAwayAfterMs?: number;
}
