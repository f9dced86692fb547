import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a text that comes in pieces of bytes, from a file or from standard input. It is UTF-8, lines end with LF
 * or CR LF, a byte order mark at the beginning is left out, and bytes that are not UTF-8 become U+FFFD.
 */
export class Lines {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private begun = false;

  /** The lines that this piece ends. */
  take(piece: Buffer): string[] {
    const text = this.decoder.write(piece);
    const known = this.rest + (this.begun ? text : text.replace(/^\uFEFF/, '')); // as some editors begin a file
    this.begun ||= text !== '';
    const lines = known.split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map(withoutReturn);
  }

  /** The rest after the last line end. */
  end(): string {
    return withoutReturn(this.rest + this.decoder.end());
  }
}

function withoutReturn(line: string): string {
  return line.replace(/\r$/, '');
}
