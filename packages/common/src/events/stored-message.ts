import { createHash } from 'node:crypto';

/** A message that the broker has stored, wherever it is kept now: in its channel, parked, or as a dead letter. */
export interface StoredMessage {
  readonly channel: string;
  /** Position in the channel, from 1. It names the message within one store of the server. */
  readonly sequence: number;
  /** When the server stored it (ms since 1970, the server's clock). */
  readonly storedAt: number;
  readonly payload: string;
}

/**
 * The JSON of a message, with the `meta` that it has; an object that has none gets one made of where and when it was stored: the
 * same for each delivery, each reader and each service. A `meta` that is there is left as it is, also when it is broken.
 * @throws SyntaxError when the payload is not JSON
 */
export function parseMessage(message: StoredMessage): unknown {
  const json = JSON.parse(message.payload) as unknown;
  if (typeof json !== 'object' || json === null || Array.isArray(json) || Object.hasOwn(json, 'meta')) return json;
  return { ...json, meta: { id: derivedId(message), occurredAt: new Date(message.storedAt).toISOString() } };
}

/** A UUID of version 8, by SHA-256 of a name: https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-n */
function derivedId({ channel, sequence, storedAt }: StoredMessage): string {
  const bytes = createHash('sha256').update(`${channel}|${sequence}|${storedAt}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
