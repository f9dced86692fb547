import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import { payloadOf, type StoredMessage } from '../../events/stored-message';
import { BROKER_WAITS } from '../../runtime/policies';
import { sleep } from '../../runtime/retry';
import { NoAnswerError, NotConnectedError, UndeliveredError } from '../errors';
import type { Position } from '../port';
import { ENGINE } from './failures';
import type { JetStreamSession } from './jetstream-session';
import { STREAM } from './names';

/** One request is answered with so many messages, or as many as reach these bytes. */
const BATCH = { batch: 256, max_bytes: 4_000_000 } as const;
/** A follower that is asked may lag behind; it is asked again after this pause (ms). */
const AGAIN_AFTER_MS = 100;

export interface Reading {
  /** Its name for people. */
  readonly channel: string;
  readonly subject: string;
  readonly from: number;
  /** The newest message: the reading ends with it. */
  readonly last: number;
}

/**
 * See `Broker.readAll`. It asks for the messages in batches (ADR-31), so the server keeps nothing for a reader that
 * could get lost. Any server of a cluster may answer.
 */
export async function* readChannel(
  session: JetStreamSession,
  { channel, subject, from, last }: Reading,
): AsyncGenerator<StoredMessage & Position> {
  let reached = from - 1;
  for (let cameAt = Date.now(); reached < last;) {
    const batch = await readBatch(session, { ...BATCH, seq: reached + 1, next_by_subj: subject });
    for (const msg of batch) {
      const position = positionOf(msg, session.store);
      if (position.sequence > last) return;
      yield { channel, payload: payloadOf(Buffer.from(msg.data)), ...position };
      reached = position.sequence;
      cameAt = Date.now();
    }
    if (batch.length > 0 || reached >= last) continue;
    const next = await session.message({ seq: reached + 1, next_by_subj: subject });
    if (!next || next.seq > last) return; // the rest was removed meanwhile
    if (Date.now() - cameAt > BROKER_WAITS.deliveredMs) throw new UndeliveredError(ENGINE, channel, next.seq, last);
    await sleep(AGAIN_AFTER_MS, session.over).catch(() => undefined);
  }
}

/**
 * How many messages of these subjects follow this one, by the server that answers: the leader, or a follower that may
 * lag behind. @throws like `Broker.extent`
 */
export async function countAfter(session: JetStreamSession, subject: string, sequence: number): Promise<number> {
  const [message] = await readBatch(session, { batch: 1, seq: sequence, next_by_subj: subject });
  return Number(message?.headers?.last('Nats-Num-Pending') || 0);
}

/** @throws NoAnswerError; NotConnectedError when the client is lost meanwhile */
function readBatch(session: JetStreamSession, request: object): Promise<Msg[]> {
  const { nats, over, timeoutMs } = session;
  return new Promise((resolve, reject) => {
    if (over.aborted || nats.isClosed()) return reject(new NotConnectedError(ENGINE));
    const came: Msg[] = [];
    const inbox = createInbox();
    const end = (result: Msg[] | Error) => {
      clearTimeout(timer);
      over.removeEventListener('abort', lost);
      subscription.unsubscribe();
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const lost = () => end(new NotConnectedError(ENGINE));
    const silent = () => end(new NoAnswerError(`no messages from ${ENGINE} in time`));
    const timer = setTimeout(silent, timeoutMs);
    over.addEventListener('abort', lost);
    const subscription: Subscription = nats.subscribe(inbox, {
      callback: (error, msg) => {
        timer.refresh();
        const code = msg.headers?.code ?? 0;
        if (error) end(error);
        else if (code === 0) came.push(msg);
        // 204 is the end of the batch, 404 that there is no such message.
        else if (code === 204 || code === 404) end(came);
        else end(new NoAnswerError(`${ENGINE} does not read the stream: ${code} ${msg.headers?.description ?? ''}`));
      },
    });
    nats.publish(`$JS.API.DIRECT.GET.${STREAM}`, JSON.stringify(request), { reply: inbox });
  });
}

function positionOf(msg: Msg, store: string): Position {
  const { headers } = msg;
  const storedAt = Date.parse(headers?.last('Nats-Time-Stamp') ?? '');
  return { sequence: Number(headers?.last('Nats-Sequence')), storedAt, store };
}
