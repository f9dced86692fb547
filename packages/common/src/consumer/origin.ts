import type { Message } from '../broker/port';

/**
 * The origin of a message, for one consumer group. `storedAt` distinguishes the sequences of a new store from those of
 * an old one.
 */
export interface Origin {
  readonly group: string;
  readonly channel: string;
  readonly sequence: number;
  /** ms since 1970, the server's clock. */
  readonly storedAt: number;
}

/** The origin of this message, for this group. */
export function originOf(group: string, message: Message): Origin {
  return { group, channel: message.channel, sequence: message.sequence, storedAt: message.storedAt };
}

/** A document id that is the same for each delivery of a message to a group. */
export function originId({ group, channel, sequence, storedAt }: Origin): string {
  return `${group}|${channel}|${sequence}|${storedAt}`;
}
