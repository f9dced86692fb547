import { BROKER_WAITS } from '../../runtime/policies';
import { within } from '../../runtime/retry';
import type { Message, Position } from '../port';
import { NotConnectedError, UndeliveredError } from '../errors';
import { ENGINE, type NatsSession } from './nats-session';
import { closeSubscription } from './stan-subscription';

/** Messages that were delivered and not read yet. */
const AHEAD = 256;
/** The ack wait (ms). It is longer than any reader needs, because a late ack only causes a second delivery. */
const ACK_WAIT_MS = 60_000;
/** How often (ms) the connection is checked while nothing comes. */
const LOOK_EVERY_MS = 100;

export interface Reading {
  /** Its name for people. */
  readonly channel: string;
  /** The newest message: the reading ends with it. */
  readonly last: Position;
  /** The reading begins after this position, if the store is the same. */
  readonly after: Position | undefined;
  /** Checks that the server answers. @throws when it does not */
  readonly still: () => Promise<unknown>;
}

/** See `Broker.readAll`: with a plain subscription on one client. */
export async function* readChannel(session: NatsSession, prefixed: string, reading: Reading): AsyncGenerator<Message> {
  const { last, after } = reading;
  if (after && after.sequence <= last.sequence) {
    let isSameStore = true; // unless another message has the sequence of the known one
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
      if (Date.now() - cameAt > BROKER_WAITS.deliveredMs) {
        await still();
        throw new UndeliveredError(ENGINE, channel, reached + 1, last.sequence);
      }
      await within(LOOK_EVERY_MS, new Promise<void>((resolve) => (wake = resolve)), undefined);
    }
  } finally {
    await closeSubscription(subscription, session.over);
  }
}
