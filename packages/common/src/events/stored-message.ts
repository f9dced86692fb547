import { createHash } from 'node:crypto';
import { decodeUtf8, parseJson } from './well-formed';

/** A message that the broker has stored, wherever it is now: in its channel, parked, or a dead letter. */
export interface StoredMessage {
  readonly channel: string;
  /** Position in the channel, from 1. It names the message within one store of the server. */
  readonly sequence: number;
  /** When the server stored it (ms since 1970, the server's clock). */
  readonly storedAt: number;
  readonly payload: string;
}

/** Prefix of the payload of a message that is not UTF-8. JSON cannot begin with it. */
const BYTES = 'base64:';

/**
 * The payload of a message with these bytes: their text, or the bytes in base64 if they are not UTF-8 and so no event.
 */
export function payloadOf(bytes: Buffer): string {
  return decodeUtf8(bytes) ?? `${BYTES}${bytes.toString('base64')}`;
}

/**
 * The JSON of a message with its `meta`. An object without `meta` gets one derived from where and when it was stored,
 * which is the same for each delivery, each reader and each service. An existing `meta` is left as it is, even if it is
 * invalid.
 * @throws SyntaxError when the payload is not JSON; IllFormedTextError when a text in it is not well-formed
 */
export function parseMessage(message: StoredMessage): unknown {
  if (message.payload.startsWith(BYTES)) throw new SyntaxError('it is not UTF-8: its bytes are kept in base64');
  const json = parseJson(message.payload);
  if (typeof json !== 'object' || json === null || Array.isArray(json) || Object.hasOwn(json, 'meta')) return json;
  return { ...json, meta: { id: derivedId(message), occurredAt: new Date(message.storedAt).toISOString() } };
}

/**
 * A UUID of version 8, from the SHA-256 of a name:
 * https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-n
 */
function derivedId({ channel, sequence, storedAt }: StoredMessage): string {
  const bytes = createHash('sha256').update(`${channel}|${sequence}|${storedAt}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
