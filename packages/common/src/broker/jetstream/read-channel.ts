import { createInbox, type Msg, type Subscription } from '@nats-io/transport-node';
import { payloadOf, type StoredMessage } from '../../events/stored-message';
import { NoAnswerError, NotConnectedError } from '../errors';
import type { Position } from '../port';
import { ENGINE } from './failures';
import type { JetStreamSession, MessageQuery } from './jetstream-session';
import { STREAM } from './names';

/** One request is answered with so many messages, or as many as reach these bytes. */
const BATCH = { batch: 256, max_bytes: 4_000_000 } as const;

/** A message of the stream. */
interface Stored {
  readonly sequence: number;
  readonly storedAt: number;
  readonly data: Uint8Array;
}

interface Batch {
  /** In their order, up to the first one whose headers cannot be read. */
  readonly messages: Stored[];
  /** How many of the same subjects follow the batch. */
  readonly left: number;
}

export interface Reading {
  /** Its name for people. */
  readonly channel: string;
  readonly subject: string;
  /** Default: that of the events. */
  readonly stream?: string;
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
  { channel, subject, stream = STREAM, from, last }: Reading,
): AsyncGenerator<StoredMessage & Position> {
  for (let reached = from - 1; reached < last;) {
    const { messages } = await readBatch(session, { ...BATCH, seq: reached + 1, next_by_subj: subject }, stream);
    // Nothing comes from a server that lags behind the leader, nor for a message whose headers cannot be read.
    if (messages.length === 0)
      messages.push(...(await fromLeader(session, { seq: reached + 1, next_by_subj: subject }, stream)));
    if (messages.length === 0) return; // the rest was removed meanwhile
    for (const { sequence, storedAt, data } of messages) {
      if (sequence > last) return;
      yield { channel, payload: payloadOf(Buffer.from(data)), sequence, storedAt, store: session.store };
      reached = sequence;
    }
  }
}

async function fromLeader(session: JetStreamSession, query: MessageQuery, stream: string): Promise<Stored[]> {
  const message = await session.message(query, stream);
  if (!message) return [];
  return [{ sequence: message.seq, storedAt: Date.parse(message.timestamp), data: message.data }];
}

/**
 * How many messages of these subjects follow this one, by the server that answers: the leader, or a follower that may
 * lag behind. @throws like `Broker.extent`
 */
export async function countAfter(session: JetStreamSession, subject: string, sequence: number): Promise<number> {
  return (await readBatch(session, { batch: 1, seq: sequence, next_by_subj: subject })).left;
}

/** @throws NoAnswerError; NotConnectedError when the client is lost meanwhile */
function readBatch(session: JetStreamSession, request: object, stream = STREAM): Promise<Batch> {
  const { nats, over, timeoutMs } = session;
  return new Promise((resolve, reject) => {
    if (over.aborted || nats.isClosed()) return reject(new NotConnectedError(ENGINE));
    const messages: Stored[] = [];
    let readable = true;
    const inbox = createInbox();
    const end = (result: Batch | Error) => {
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
        if (error) return end(error);
        const read = storedOrStatus(msg);
        if (read === undefined) readable = false;
        else if ('sequence' in read) messages.push(...(readable ? [read] : []));
        // 204 is the end of the batch, 404 that there is no such message.
        else if (read.code === 204 || read.code === 404) end({ messages, left: read.left });
        else end(new NoAnswerError(`${ENGINE} does not read the stream: ${read.code} ${read.description}`));
      },
    });
    nats.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(request), { reply: inbox });
  });
}

interface Status {
  readonly code: number;
  readonly description: string;
  readonly left: number;
}

/** Undefined when its headers cannot be read: the client throws for some that a server stores. */
function storedOrStatus(msg: Msg): Stored | Status | undefined {
  try {
    const { headers } = msg;
    const last = (name: string) => headers?.last(name) ?? '';
    const [sequence, left] = [last('Nats-Sequence'), Number(last('Nats-Num-Pending'))];
    if (!sequence) return { code: headers?.code ?? 0, description: headers?.description ?? '', left };
    return { sequence: Number(sequence), storedAt: Date.parse(last('Nats-Time-Stamp')), data: msg.data };
  } catch {
    return undefined;
  }
}
