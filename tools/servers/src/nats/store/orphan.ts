import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexedAt, indexLength, messageOf, RECORD_HEADER } from './records';

/**
 * Leaves in a channel what SIGKILL leaves between the two writes of a flush: a message that is in the last `.dat` and not in its
 * `.idx`. It is the last message of the channel over again, with the next sequence, so that it is as long as one of its like.
 * @param dir the store of a server that does not run
 * @throws Error when the channel has no message
 */
export function leaveOrphan(dir: string, channel: string): void {
  const numbers = readdirSync(join(dir, channel)).map((name) => Number(/^msgs\.(\d+)\.dat$/.exec(name)?.[1] ?? 0));
  const dat = join(dir, channel, `msgs.${Math.max(...numbers)}.dat`);
  const idx = dat.replace(/dat$/, 'idx');
  const last = indexedAt(idx, indexLength(idx) - 1);
  const message = last && messageOf(dat, last);
  if (!message) throw new Error(`${dat} has no message that its index knows`);
  const [before, next] = [varint(last.sequence), varint(last.sequence + 1n)];
  const payload = Buffer.concat([message.subarray(0, 1), next, message.subarray(1 + before.length)]);
  const header = Buffer.alloc(RECORD_HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  appendFileSync(dat, Buffer.concat([header, payload]));
}

/** A number as protocol buffers write it: seven bits a byte, the lowest first. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
  }
  return Buffer.from(bytes);
}
