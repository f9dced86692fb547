import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { storeFolder } from '../nats-program';
import { indexedAt, indexLength, messageOf, RECORD_HEADER } from './records';

/**
 * Leaves in each channel what SIGKILL leaves between the two writes of a flush: a message that is in the last `.dat` and not in
 * its `.idx`. It is the last message of the channel over again, with the next sequence, so that it is as long as one of its like.
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
  const message = last && messageOf(dat, last);
  if (!message) return false;
  const [before, next] = [varint(last.sequence), varint(last.sequence + 1n)];
  const payload = Buffer.concat([message.subarray(0, 1), next, message.subarray(1 + before.length)]);
  const header = Buffer.alloc(RECORD_HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  appendFileSync(dat, Buffer.concat([header, payload]));
  return true;
}

/** A number as protocol buffers write it: seven bits a byte, the lowest first. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}
