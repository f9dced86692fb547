import type { StoredMessage } from '../events/stored-message';
import type { Logger } from '../runtime/logger';
import type { EngineName } from './engines';

/**
 * The position of a message in its channel. It may be stored, and compared later by the adapter that gave it. Two
 * things hold for every engine. A message has the same position each time it is read. A message that was stored later
 * has a later `storedAt`, or the same one and a higher `sequence`, even in a new store, if the servers' clocks agree.
 * Nothing else follows from the numbers: only the adapter knows whether a hole between two of them is a loss.
 */
export interface Position {
  /** Begins at 1 and ascends within one store; some engines leave holes. */
  readonly sequence: number;
  /** When it was stored (ms since 1970, the server's clock). */
  readonly storedAt: number;
  /** The store that numbered the message, if the engine names its stores. */
  readonly store?: string;
}

/** A message as delivered to one member of a group. It comes at least once, perhaps again, late, and in any order. */
export interface Message extends StoredMessage, Position {
  /** True when it was certainly delivered before, to any member of the group. False proves nothing. */
  readonly redelivered: boolean;
  /**
   * Tells the broker that the group is done with the message. Call it once, after everything that must not be lost is
   * stored. An ack may get lost, and then the message comes again. It has no effect after the end of the subscription
   * or the connection.
   */
  ack(): void;
  /**
   * Gives the message back, so that it comes again to any member: after `afterMs` (ms) if the engine can do that, and
   * no later than the longer of ack wait and `afterMs`. A message that is neither acked nor given back comes again
   * after the ack wait.
   */
  retry(afterMs: number): void;
}

export interface ConsumeOptions {
  /**
   * The members of one group share the messages of a channel: each message is for one of them. Every other group gets
   * all messages as well.
   */
  readonly group: string;
  /** After this time (ms; an engine may round it up to a second) without an ack the message is delivered again. */
  readonly ackWaitMs: number;
  /** How many unacked messages this member is sent. Redeliveries may come on top: bound them yourself. */
  readonly maxInFlight: number;
}

export interface Subscription {
  /**
   * Resolves once the broker has the subscription and delivers. Waits as long as the broker is away or refuses. Does
   * not reject.
   */
  readonly ready: Promise<void>;
  /**
   * From the call on nothing is delivered. The group keeps its position: unacked messages come to the others, after the
   * ack wait at the latest, or to the next member. Resolves within a bound, even without an answer. Idempotent.
   */
  close(): Promise<void>;
}

export interface PublishOptions {
  /**
   * The same whenever the same event is published. An engine may drop the second one, but callers do not rely on that.
   */
  readonly id?: string | undefined;
  /**
   * The aggregate that the message is about, if it is about one. An engine may store the messages of each aggregate
   * under a name of its own. It changes nothing about who gets the message.
   */
  readonly aggregate?: string | undefined;
}

/** The result of publishing a message. */
export interface PublishAck {
  /** If the engine reports it. */
  readonly sequence?: number;
  /**
   * The engine has dropped it because it had stored one with the same id before. That does not prove that it still has
   * that one.
   */
  readonly duplicate?: boolean;
}

/** The messages that a channel holds. */
export interface Extent {
  readonly first: Position;
  readonly last: Position;
  /** How many messages it holds. In a cluster the newest ones may not be counted yet. */
  readonly held: number;
}

/** Messages that a group can no longer get. `offered` is the first message that it gets instead. */
export type Loss =
  /** These were removed before the group had them; both are included. */
  | { readonly kind: 'lost'; readonly from: number; readonly to: number; readonly offered: Position }
  /** The channel begins again in a new store, which knows nothing of the group's progress. */
  | { readonly kind: 'new-store'; readonly offered: Position }
  /** One position came as two messages, so another message does not come: docs/decisions/0013. */
  | { readonly kind: 'twice'; readonly offered: Position };

/** What waits for a group in a channel, as the engine counts it. */
export interface Backlog {
  /** Messages that no member was sent yet. */
  readonly pending: number;
  /** Messages that a member was sent, and that are not acked. */
  readonly unacked: number;
  /** Those of them that were sent more than once. */
  readonly redelivered: number;
}

/**
 * The broker: everything that this system knows about one. An adapter implements it for an engine, and the suite
 * `brokerConformance` of @ticketing/testing checks the adapter. It promises what the weakest engine keeps: delivery at
 * least once and in any order, storage of every acknowledged message, and a position for each group. It keeps
 * connecting, and makes its subscriptions again by itself. Only methods that say so throw while the broker is away.
 *
 * These are not its job: order, duplicates and validity (versions decide those), a bound for redeliveries, and keeping
 * unpublished events (the outbox does).
 */
export interface Broker {
  /** The positions of a group are kept by it: those of two engines cannot be compared, and a system can move. */
  readonly engine: EngineName;

  /**
   * Resolves once the broker has stored the message, as durably as the broker is configured.
   * @throws NotConnectedError at once when there is no connection; RefusedError when the broker does not accept it;
   * NoAnswerError within a bound when it may or may not be stored: then publish it again
   */
  publish(channel: string, payload: string, options?: PublishOptions): Promise<PublishAck>;

  /**
   * Delivers the messages that the group has not acked, from the channel's first message on, until it is closed.
   * Successors may come before their predecessors, even more than `maxInFlight` of them. A refused channel is tried
   * again and does not hold up the others. `onMessage` must not throw: the adapter logs the error, and does not ack.
   */
  consume(channel: string, options: ConsumeOptions, onMessage: (message: Message) => void): Subscription;

  /**
   * Deletes the group's position in the channel, so that a group of this name begins from the first message. Call it
   * when no member consumes; otherwise the effect depends on the engine. @throws like `extent`
   */
  forgetGroup(channel: string, group: string): Promise<void>;

  /**
   * The present messages of the channel, in their order, each once. Ends after the message that was the newest at the
   * beginning. It belongs to no group, keeps no position and takes no message from a group. With `after` it leaves out
   * the messages up to that position, unless the channel has a new store since; then it has all. It reads as fast as it
   * is iterated.
   * @throws like `extent`, also when the connection is lost meanwhile; UndeliveredError
   */
  readAll(
    channel: string,
    options?: { readonly after?: Position | undefined },
  ): AsyncIterable<StoredMessage & Position>;

  /**
   * What the channel holds. Silence does not count as an empty channel.
   * @throws NotConnectedError; NoAnswerError when the broker does not answer within a bound; RefusedError
   */
  extent(channel: string): Promise<Extent | 'empty'>;

  /**
   * What a group that has reached `reached` (undefined: nothing) can no longer get, by the present state of the
   * channel. An empty channel may tell nothing. @throws like `extent`
   */
  lossSince(channel: string, reached: Position | undefined): Promise<Loss | undefined>;

  /** The same, given that `next` is the first message of the channel after `reached`. Makes no request. */
  lossBetween(reached: Position | undefined, next: Position): Loss | undefined;

  /**
   * What waits for the group; undefined when there is no such group, or the engine does not tell its clients.
   * @throws like `extent`
   */
  backlog(channel: string, group: string): Promise<Backlog | undefined>;

  /** Why a power failure may take what this broker has acked; undefined when nothing like that is known. */
  unsafeBecause(): string | undefined;

  isConnected(): boolean;
  /** Since when it is not connected; undefined while it is. */
  downSince(): Date | undefined;
  /** Names of the channels that the broker refuses to this process, for consuming or publishing. */
  refusedChannels(): readonly string[];
  /**
   * The listener is called for each connection before a subscription is made on it; its errors are logged. Returns a
   * function that removes it.
   */
  onConnected(callback: () => void): () => void;

  /**
   * Ends everything: a waiting publish rejects, and no socket or timer is left. Close the subscriptions first.
   * Idempotent.
   */
  close(): Promise<void>;
}

export interface BrokerOptions {
  readonly url: string;
  /** Prefix of the name of each client of this process. */
  readonly clientIdPrefix: string;
  readonly logger: Logger;
  /** Prefix of each channel's name, so that test suites can share one server. Default: none. */
  readonly channelPrefix?: string;
  /** How many published messages wait for their acks at a time; more wait their turn. Default 256. */
  readonly publishWindow?: number;
  /** Time limit for connecting, subscribing, and every other answer. Default 5,000 ms. */
  readonly timeoutMs?: number;
  /** After this time a broker that is away is an error in the log. Default 60,000 ms. */
  readonly sayAwayAfterMs?: number;
}
