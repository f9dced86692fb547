import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Headers;
  /** Without the framing of chunks, if it came in a single one. */
  readonly body: string;
}

/** Sends a request as it stands, and resolves with all that is answered until the server closes the connection. */
export async function sendRaw(port: number, head: readonly string[], body = ''): Promise<RawAnswer> {
  const socket = connect(port, 'localhost');
  socket.write([...head, 'Connection: close', '', body].join('\r\n'));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const [top = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  const [line = '', ...lines] = top.split('\r\n');
  const headers = lines.map((text) => text.split(': ', 2) as [string, string]);
  const text = rest
    .join('\r\n\r\n')
    .replace(/^[0-9a-f]+\r\n(.*)\r\n0\r\n/s, '$1')
    .trim();
  return { status: Number(line.split(' ')[1]), headers: new Headers(headers), body: text };
}
