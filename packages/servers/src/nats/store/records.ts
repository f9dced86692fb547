import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { crc32 } from 'node:zlib';

// The files of a FILE store of NATS Streaming 0.25.6, as its stores/filestore.go writes them. All numbers are little endian.
// Every file begins with its version, 1, in 4 bytes. A record is its size in 4 bytes (in files of subscriptions and clients
// the highest of them is its type), the CRC-32 of its payload in 4, and the payload. A record of an index names one message:
// sequence 8, offset of its record 8, timestamp 8, size of its payload 4, CRC-32 of these 28 bytes 4.

/** Where the first record of a file begins. */
export const FIRST_RECORD = 4;
export const RECORD_HEADER = 8;
export const INDEX_RECORD = 32;

/** What an index says of a message. */
export interface Indexed {
  readonly sequence: bigint;
  readonly offset: number;
  /** Behind its record: header and payload. */
  readonly end: number;
}

/** Whole bytes of a file, fewer where it ends. */
export function bytesOf(file: string, from: number, length: number): Buffer {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, from));
  } finally {
    closeSync(fd);
  }
}

/** Whether this is a file of the one version that is known here. */
export function isKnownVersion(file: string): boolean {
  const header = bytesOf(file, 0, FIRST_RECORD);
  return header.length === FIRST_RECORD && header.readUInt32LE() === 1;
}

/** How many whole records an index has. Zeros that a power failure has left are no record, as for the server. */
export function indexLength(idx: string): number {
  let records = Math.max(0, Math.floor((statSync(idx).size - FIRST_RECORD) / INDEX_RECORD));
  while (records > 0 && indexBytes(idx, records - 1).every((byte) => byte === 0)) records--;
  return records;
}

/** The n-th record of an index; undefined when there is none, or it is damaged. */
export function indexedAt(idx: string, n: number): Indexed | undefined {
  if (n < 0) return undefined;
  const bytes = indexBytes(idx, n);
  if (
    bytes.length < INDEX_RECORD ||
    crc32(bytes.subarray(0, INDEX_RECORD - 4)) !== bytes.readUInt32LE(INDEX_RECORD - 4)
  )
    return undefined;
  const offset = Number(bytes.readBigUInt64LE(8));
  return { sequence: bytes.readBigUInt64LE(0), offset, end: offset + RECORD_HEADER + bytes.readUInt32LE(24) };
}

function indexBytes(idx: string, n: number): Buffer {
  return bytesOf(idx, FIRST_RECORD + n * INDEX_RECORD, INDEX_RECORD);
}

/** The payload of the message that an index names; undefined when the file does not have the whole message there. */
export function messageOf(dat: string, { sequence, offset, end }: Indexed): Buffer | undefined {
  const record = bytesOf(dat, offset, end - offset);
  if (record.length < end - offset || record.readUInt32LE(0) !== record.length - RECORD_HEADER) return undefined;
  const payload = record.subarray(RECORD_HEADER);
  return crc32(payload) === record.readUInt32LE(4) && sequenceOf(payload) === sequence ? payload : undefined;
}

/** A message is a protocol buffer whose first field is its sequence. */
function sequenceOf(payload: Buffer): bigint | undefined {
  if (payload[0] !== 0x08) return undefined;
  let sequence = 0n;
  for (let n = 1; n <= 10; n++) {
    const byte = payload[n] ?? 0;
    sequence |= BigInt(byte & 0x7f) << BigInt(7 * (n - 1));
    if (byte < 0x80) return sequence;
  }
  return undefined;
}

/**
 * Where an incomplete last record begins; the length of the file when there is none. Zeros are no record: the server
 * cuts them itself.
 * @param typed whether the sizes of its records have a type above them
 */
export function endOfWholeRecords(content: Buffer, typed: boolean): number {
  let end = FIRST_RECORD;
  while (end + RECORD_HEADER <= content.length) {
    if (content.readBigUInt64LE(end) === 0n) return content.length;
    const size = typed ? content.readUIntLE(end, 3) : content.readUInt32LE(end);
    if (end + RECORD_HEADER + size > content.length) break;
    end += RECORD_HEADER + size;
  }
  return end;
}
