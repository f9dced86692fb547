const LINE_END = Buffer.from('\r\n');
/** No first line of the protocol is longer than this, except INFO and CONNECT. */
const WITH_PAYLOAD = /^(MSG|HMSG|PUB|HPUB) /i;

/** One word of the NATS protocol, with its payload if it has one. */
export interface Frame {
  /** Without its end. */
  readonly line: string;
  readonly payload: Buffer;
  /** As it came. */
  readonly whole: Buffer;
}

/** Takes the bytes of one direction of a NATS connection apart, into whole frames. */
export class NatsFrames {
  private rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Frame[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    for (let at = 0; ;) {
      const end = this.rest.indexOf(LINE_END, at);
      const line = end < 0 ? '' : this.rest.toString('latin1', at, end);
      const size = WITH_PAYLOAD.test(line) ? Number(line.slice(line.lastIndexOf(' ') + 1)) + LINE_END.length : 0;
      const next = end + LINE_END.length + size;
      if (end < 0 || next > this.rest.length) {
        this.rest = this.rest.subarray(at);
        return frames;
      }
      const payload = this.rest.subarray(
        end + LINE_END.length,
        Math.max(end + LINE_END.length, next - LINE_END.length),
      );
      frames.push({ line, payload, whole: this.rest.subarray(at, next) });
      at = next;
    }
  }
}
