import { mongo } from 'mongoose';

type Document = mongo.BSON.Document;

/** What one operation of a command looks for, and in which order. */
export interface Query {
  readonly filter: Document;
  readonly sort: Document;
}

/** A command as a client sent it to MongoDB. */
export interface MongoCommand {
  readonly name: string;
  readonly database: string;
  /** Empty for a command that names none. */
  readonly collection: string;
  /** Documents inserted, or updates or deletes in the batch; 1 for every other command. */
  readonly operations: number;
  /** One per operation that looks for something. */
  readonly queries: readonly Query[];
  /** Size of the message on the wire, with its header. */
  readonly bytes: number;
  /** The whole command, as it can be sent again. */
  readonly body: Document;
}

const HEADER_BYTES = 16;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
/** The field with the operations of a batch, by the command that has one. */
const batchOf: Readonly<Record<string, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' };

/**
 * Reads the commands out of what a client says on one connection, in whatever pieces it comes. Messages of the handshake's
 * old kind (OP_QUERY) are passed over. @throws Error for a compressed message: the driver compresses only when told to
 */
export function wireCommands(onCommand: (command: MongoCommand) => void): (piece: Buffer) => void {
  return wireMessages((message) => {
    const body = bodyOf(message);
    if (body) onCommand(describeCommand(body, message.length));
  });
}

/** Gives the messages of one direction of a connection, each whole, in whatever pieces they come. */
export function wireMessages(onMessage: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= HEADER_BYTES && rest.length >= rest.readInt32LE(0)) {
      const message = rest.subarray(0, rest.readInt32LE(0));
      rest = rest.subarray(message.length);
      onMessage(message);
    }
  };
}

/** Which message this one is, and which one it answers. */
export function idsOf(message: Buffer): { readonly id: number; readonly answers: number } {
  return { id: message.readInt32LE(4), answers: message.readInt32LE(8) };
}

/** What a message says; undefined for one of the handshake's old kind. @throws Error for a compressed message */
export function bodyOf(message: Buffer): Document | undefined {
  const opCode = message.readInt32LE(12);
  if (opCode === 2012) throw new Error('a compressed message: connect without `compressors`');
  if (opCode !== OP_MSG) return undefined;
  const end = message.length - (message.readUInt32LE(HEADER_BYTES) & CHECKSUM_PRESENT ? 4 : 0);
  let body: Document = {};
  const batches: Record<string, Document[]> = {};
  for (let at = HEADER_BYTES + 4; at < end;) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) body = mongo.BSON.deserialize(section);
    else {
      const named = section.indexOf(0, 4);
      batches[section.toString('utf8', 4, named)] = documentsOf(section.subarray(named + 1));
    }
    at += 1 + size;
  }
  return { ...body, ...batches };
}

/** A message: a command, or what answers the one with this id. */
export function messageOf(ids: { id: number } | { answers: number }, body: Document): Buffer {
  const document = mongo.BSON.serialize(body);
  const message = Buffer.alloc(HEADER_BYTES + 5 + document.length);
  message.writeInt32LE(message.length, 0);
  if ('id' in ids) message.writeInt32LE(ids.id, 4);
  else message.writeInt32LE(ids.answers, 8);
  message.writeInt32LE(OP_MSG, 12);
  message.set(document, HEADER_BYTES + 5);
  return message;
}

function documentsOf(buffer: Buffer): Document[] {
  const documents: Document[] = [];
  for (let at = 0; at < buffer.length; at += buffer.readInt32LE(at)) {
    documents.push(mongo.BSON.deserialize(buffer.subarray(at, at + buffer.readInt32LE(at))));
  }
  return documents;
}

/** A command as its body tells of it. */
export function describeCommand(body: Document, bytes: number): MongoCommand {
  const [name = ''] = Object.keys(body);
  const target: unknown = body[name];
  const batch = (body[batchOf[name] ?? ''] ?? [body]) as Document[];
  return {
    name,
    database: String(body['$db']),
    collection: typeof target === 'string' ? target : '',
    operations: batch.length,
    queries: queriesOf(name, body, batch),
    bytes,
    body,
  };
}

function queriesOf(name: string, body: Document, batch: readonly Document[]): Query[] {
  const one = (filter: unknown, sort: unknown): Query => ({
    filter: filter ?? {},
    sort: sort ?? {},
  });
  if (name === 'find') return [one(body['filter'], body['sort'])];
  if (name === 'findAndModify' || name === 'distinct' || name === 'count') return [one(body['query'], body['sort'])];
  if (name === 'update' || name === 'delete') return batch.map(({ q, sort }) => one(q, sort));
  if (name !== 'aggregate') return [];
  const [first] = body['pipeline'] as Document[];
  return [one(first?.['$match'], {})];
}

/** A filter or sort without its values, as text: what has the same shape is served by the same index. */
export function shapeOf(filter: Document): string {
  const part = ([field, value]: [string, unknown]): string => {
    if (field === '$or' || field === '$and') return `${field}(${(value as Document[]).map(shapeOf).join(', ')})`;
    const operators = operatorsOf(value);
    return operators.length > 0 ? `${field} ${operators.join(' ')}` : field;
  };
  return Object.entries(filter).map(part).join(', ');
}

/** The operators of a condition, such as $lt; none for a value that must be equal. */
export function operatorsOf(condition: unknown): string[] {
  if (typeof condition !== 'object' || condition === null) return [];
  return Object.keys(condition).filter((key) => key.startsWith('$'));
}
