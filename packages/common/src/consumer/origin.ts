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
  /** If the engine names its stores: while a system moves to another broker, a group has messages of two. */
  readonly store?: string;
}

/** The origin of this message, or of what is kept of one, for this group. */
export function originOf(group: string, message: Omit<Origin, 'group'>): Origin {
  const { channel, sequence, storedAt, store } = message;
  return { group, channel, sequence, storedAt, ...(store !== undefined && { store }) };
}

/** A document id that is the same for each delivery of a message to a group. */
export function originId({ group, channel, sequence, storedAt, store }: Origin): string {
  const id = `${group}|${channel}|${sequence}|${storedAt}`;
  return store === undefined ? id : `${id}|${store}`;
}
