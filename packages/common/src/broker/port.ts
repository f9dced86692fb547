import type { StoredMessage } from '../events/stored-message';

/** A message as it was delivered. At least once: it can come again, late, and in any order. */
export interface Message extends StoredMessage {
  /** True when the server has delivered it before, to anyone in the group. */
  readonly redelivered: boolean;
  /** Tells the server that this group is done with the message. Does nothing once the connection it came on is gone. */
  ack(): void;
}

/** Where a message is in its channel. */
export type Place = Pick<Message, 'sequence' | 'storedAt'>;

export interface SubscriptionOptions {
  /**
   * Members of one queue group share the messages of a channel; the group's position is durable under the same name.
   * Absent: a subscription of its own, that the server forgets when it ends; after a reconnect it gets everything again.
   */
  readonly queueGroup?: string;
  /** Without an ack for this long (ms, whole seconds) the message is delivered again. */
  readonly ackWaitMs: number;
  /** Unacked messages this member may hold. Redeliveries ignore it. */
  readonly maxInFlight: number;
  /** Called each time before the subscription is made on a new client, so before any message of that client. */
  readonly onSubscribe?: () => void;
}

export interface Subscription {
  /** Stops delivery and keeps the group's position. Idempotent. */
  close(): Promise<void>;
  /** Leaves the group; the last member to leave deletes the group's position. */
  unsubscribe(): Promise<void>;
}

/** Carries messages. The one implementation speaks NATS Streaming. */
export interface Bus {
  /**
   * Resolves once the server has stored the message.
   * @throws NotConnectedError at once when there is no connection; RefusedError when the server does not take it;
   * NoAnswerError when it may or may not have been stored
   */
  publish(channel: string, payload: string): Promise<void>;
  /** Delivers all that the group has not acked, from the first message on. Survives reconnects until it is closed. */
  subscribe(channel: string, options: SubscriptionOptions, onMessage: (message: Message) => void): Subscription;
  /**
   * The oldest message that the channel still holds, or undefined when it is empty.
   * @throws NoAnswerError when the server says nothing, which is not to be taken for an empty channel; RefusedError;
   * NotConnectedError
   */
  oldest(channel: string): Promise<Place | undefined>;
  /** The newest message of the channel, as `oldest`. */
  newest(channel: string): Promise<Place | undefined>;
  isConnected(): boolean;
  /** Called after each connection is established and its subscriptions are made; returns how to stop that. */
  onConnected(callback: () => void): () => void;
}

/** There is no connection to NATS Streaming now. What was to be published stays in the outbox. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  constructor() {
    super('not connected to NATS Streaming');
  }
}
