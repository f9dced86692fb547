import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

// The files of a channel of NATS Streaming 0.25.6, little endian (stores/filestore.go). `msgs.1.dat`: version 4 bytes, then
// records: size 4, CRC-32 of the payload 4, payload. `msgs.1.idx`: version 4 bytes, then 32 bytes for each message: sequence 8,
// offset of its record 8, timestamp 8, size of its payload 4, CRC-32 of these 28 bytes.
const VERSION = 4;
const HEADER = 8;
const INDEXED = 32;

/**
 * Makes a store what it is after SIGKILL between the two writes of a flush, and a life after that: before the record of this
 * sequence lies one of the same sequence, which the index does not know and nobody was acked. It is the message before, again.
 * @param dir the store of a server that does not run @param sequence from 2, less than 128
 */
export function hideMessage(dir: string, channel: string, sequence: number): void {
  const [dat, idx] = [join(dir, channel, 'msgs.1.dat'), join(dir, channel, 'msgs.1.idx')];
  const [messages, index] = [readFileSync(dat), readFileSync(idx)];
  const entryOf = (nth: number) => index.subarray(VERSION + (nth - 1) * INDEXED, VERSION + nth * INDEXED);
  const offsetOf = (nth: number) => Number(entryOf(nth).readBigUInt64LE(8));

  const at = offsetOf(sequence);
  const payload = Buffer.from(messages.subarray(offsetOf(sequence - 1) + HEADER, at));
  payload.writeUInt8(sequence, 1); // a protocol buffer whose first field is the sequence, in one byte below 128
  const header = Buffer.alloc(HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  const orphan = Buffer.concat([header, payload]);
  writeFileSync(dat, Buffer.concat([messages.subarray(0, at), orphan, messages.subarray(at)]));

  for (let nth = sequence; VERSION + nth * INDEXED <= index.length; nth += 1) {
    const entry = entryOf(nth);
    entry.writeBigUInt64LE(BigInt(offsetOf(nth) + orphan.length), 8);
    entry.writeUInt32LE(crc32(entry.subarray(0, INDEXED - 4)), INDEXED - 4);
  }
  writeFileSync(idx, index);
}
