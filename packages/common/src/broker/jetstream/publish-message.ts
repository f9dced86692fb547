import { createHash } from 'node:crypto';
import type { MsgRequest, PubAck, StoredMsg } from '@nats-io/jetstream';
import { NoAnswerError } from '../errors';
import type { PublishAck } from '../port';
import { ENGINE } from './failures';

/** A message that the server calls a duplicate, and does not have, is published under another id so often. */
const OTHER_IDS = 3;

export interface Published {
  readonly subject: string;
  readonly payload: string;
  readonly id: string | undefined;
}

/** A session's view of the stream. */
interface Stream {
  keep(subject: string, payload: string, msgID?: string): Promise<PubAck>;
  message(query: MsgRequest): Promise<StoredMsg | null>;
}

/**
 * An ack that says "duplicate" is no proof: the server remembers ids for two minutes, also of messages that were purged
 * meanwhile. So the message is looked up, and published under another id when it is not there.
 * @throws like `Broker.publish`
 */
export async function publishMessage(stream: Stream, { subject, payload, id }: Published): Promise<PublishAck> {
  for (let attempt = 0, msgID = id && messageId(id); attempt <= OTHER_IDS; attempt += 1) {
    const { seq, duplicate } = await stream.keep(subject, payload, msgID);
    if (!duplicate) return { sequence: seq };
    const held = await stream.message({ seq });
    if (held?.subject === subject && held.header.get('Nats-Msg-Id') === msgID) return { sequence: seq, duplicate };
    msgID = `${msgID}/${seq}`;
  }
  throw new NoAnswerError(`${ENGINE} calls a message a duplicate that it does not have`);
}

/** A short name for an id of any length and letters, as the value of a header. */
function messageId(id: string): string {
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
