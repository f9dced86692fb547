import type { Message, Position } from '../port';
import { NotConnectedError, UndeliveredError } from '../errors';
import { ENGINE, type NatsSession } from './nats-session';
import { closeSubscription } from './stan-subscription';

/** Messages that were delivered and not taken yet. */
const AHEAD = 256;
/** A server that answers, and for so long (ms) sends nothing of what it says it has, does not deliver that. */
const DELIVERED_WITHIN_MS = 10_000;
/** Longer than anybody takes: a message that is acked late would only be delivered twice (ms). */
const ACK_WAIT_MS = 60_000;
/** How often (ms) the connection is looked at while nothing comes. */
const LOOK_EVERY_MS = 100;

export interface Reading {
  /** As people know it. */
  readonly channel: string;
  /** The newest message: it ends behind that. */
  readonly last: Position;
  /** It begins behind this, if the store is the same. */
  readonly after: Position | undefined;
  /** Asks the server whether it is there. @throws when it does not answer */
  readonly still: () => Promise<unknown>;
}

/** As `Broker.readAll`, by a plain subscription on one client. */
export async function* readChannel(session: NatsSession, prefixed: string, reading: Reading): AsyncGenerator<Message> {
  const { last, after } = reading;
  if (after && after.sequence <= last.sequence) {
    let isSameStore = true; // unless another message has the sequence of the one that is known
    for await (const message of readFrom(session, prefixed, after.sequence, reading)) {
      if (message.sequence > after.sequence) yield message;
      else if (message.storedAt !== after.storedAt) isSameStore = false;
      if (!isSameStore) break;
    }
    if (isSameStore) return;
  }
  yield* readFrom(session, prefixed, 1, reading);
}

async function* readFrom(session: NatsSession, prefixed: string, from: number, { channel, last, still }: Reading) {
  const { cuts } = session;
  const came: Message[] = [];
  let wake: () => void = () => undefined;
  const options = { from, ackWaitMs: ACK_WAIT_MS, maxInFlight: AHEAD };
  const subscription = await session.subscribe(prefixed, options, (message) => {
    if (message.redelivered) return;
    came.push(message);
    wake();
  });
  try {
    let reached = from - 1;
    for (let cameAt = Date.now(); reached < last.sequence;) {
      const message = came.shift();
      if (message) {
        message.ack();
        yield message;
        reached = message.sequence;
        cameAt = Date.now();
        continue;
      }
      if (!session.isUp() || session.cuts > cuts) throw new NotConnectedError(ENGINE);
      if (Date.now() - cameAt > DELIVERED_WITHIN_MS) {
        await still();
        throw new UndeliveredError(ENGINE, channel, reached + 1, last.sequence);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    await closeSubscription(subscription);
  }
}
