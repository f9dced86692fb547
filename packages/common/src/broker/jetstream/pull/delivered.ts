import { type Msg, nanos } from '@nats-io/transport-node';

/** A message of a consumer, by the subject for its ack. */
export interface Delivered {
  readonly data: Uint8Array;
  readonly sequence: number;
  /** When it was stored (ms since 1970, the server's clock). */
  readonly storedAt: number;
  /** How often it was delivered to any member, this time included. */
  readonly deliveries: number;
  ack(): void;
  /** Gives it back: at once, or after this time (ms). */
  nak(afterMs?: number): void;
}

/**
 * Reads a message. The subject for its ack is `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<number>.<ns>.<left>`,
 * or has the domain and the account before the stream (ADR-15). The payload of an ack says what becomes of it (ADR-13,
 * "+ACK", "-NAK").
 */
export function delivered(msg: Msg): Delivered {
  const words = (msg.reply ?? '').split('.');
  const [deliveries, sequence, , time = '0'] = words.slice(words.length < 11 ? 4 : 6);
  return {
    data: msg.data,
    sequence: Number(sequence),
    storedAt: Number(BigInt(time) / 1_000_000n),
    deliveries: Number(deliveries),
    ack: () => void msg.respond('+ACK'),
    nak: (afterMs = 0) => void msg.respond(afterMs > 0 ? `-NAK {"delay": ${nanos(afterMs)}}` : '-NAK'),
  };
}
