import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { storeFolder } from '../nats/nats-program';
import {
  FIRST_RECORD,
  INDEX_RECORD,
  type Indexed,
  indexedAt,
  indexLength,
  messageOf,
  RECORD_HEADER,
} from '../nats/store/records';

/**
 * Leaves in each channel what SIGKILL leaves between the two writes of a flush: a message that is in the last `.dat`
 * and not in its `.idx`. It repeats the last message of the channel with the next sequence, so that it has the usual
 * length.
 * @param dataDir as it was given to startNats; no server runs on it
 * @returns the channels; one without a message is left out
 */
export function leaveOrphans(dataDir: string): string[] {
  const store = storeFolder(dataDir);
  const channels = readdirSync(store, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return channels.map(({ name }) => name).filter((name) => leaveOrphan(join(store, name)));
}

function leaveOrphan(channel: string): boolean {
  const numbers = readdirSync(channel).map((name) => Number(/^msgs\.(\d+)\.dat$/.exec(name)?.[1] ?? 0));
  const dat = join(channel, `msgs.${Math.max(0, ...numbers)}.dat`);
  const idx = dat.replace(/dat$/, 'idx');
  const last = existsSync(idx) ? indexedAt(idx, indexLength(idx) - 1) : undefined;
  const orphan = last && orphanAfter(dat, last);
  if (!orphan) return false;
  appendFileSync(dat, orphan);
  return true;
}

/**
 * Gives a channel an old orphan: before the message of this sequence lies another of the same sequence, which the index
 * does not know. No cut reaches it, and the read-ahead delivers it instead of the right one.
 * @param dataDir as it was given to startNats; no server runs on it, and its first file has this channel from sequence
 * 1 on
 * @throws Error when the message before is not there
 */
export function hideMessage(dataDir: string, channel: string, sequence: number): void {
  const dat = join(storeFolder(dataDir), channel, 'msgs.1.dat');
  const idx = dat.replace(/dat$/, 'idx');
  const before = indexedAt(idx, sequence - 2);
  const orphan = before && orphanAfter(dat, before);
  if (!orphan) throw new Error(`${dat} has no message before ${sequence}`);
  const [messages, index] = [readFileSync(dat), readFileSync(idx)];
  writeFileSync(dat, Buffer.concat([messages.subarray(0, before.end), orphan, messages.subarray(before.end)]));
  for (let at = FIRST_RECORD + (sequence - 1) * INDEX_RECORD; at < index.length; at += INDEX_RECORD) {
    const entry = index.subarray(at, at + INDEX_RECORD);
    entry.writeBigUInt64LE(entry.readBigUInt64LE(8) + BigInt(orphan.length), 8);
    entry.writeUInt32LE(crc32(entry.subarray(0, INDEX_RECORD - 4)), INDEX_RECORD - 4);
  }
  writeFileSync(idx, index);
}

/** Repeats the record of a message with the next sequence. */
function orphanAfter(dat: string, last: Indexed): Buffer | undefined {
  const message = messageOf(dat, last);
  if (!message) return undefined;
  const [before, next] = [varint(last.sequence), varint(last.sequence + 1n)];
  const payload = Buffer.concat([message.subarray(0, 1), next, message.subarray(1 + before.length)]);
  const header = Buffer.alloc(RECORD_HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([header, payload]);
}

/** A number as protocol buffers write it: seven bits a byte, the lowest first. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}
