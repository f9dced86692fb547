import type { Message } from '../broker/port';

/** Where a message came from, for one consumer group. `storedAt` tells a new store's sequences from an old one's. */
export interface Origin {
  readonly group: string;
  readonly channel: string;
  readonly sequence: number;
  /** ms since 1970, the server's clock. */
  readonly storedAt: number;
}

/** Where this message came from, for this group. */
export function originOf(group: string, message: Message): Origin {
  return { group, channel: message.channel, sequence: message.sequence, storedAt: message.storedAt };
}

/** A document id that is the same for each delivery of the same message to the same group. */
export function originId({ group, channel, sequence, storedAt }: Origin): string {
  return `${group}|${channel}|${sequence}|${storedAt}`;
}
