import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { startIngress, type Ingress } from './ingress';

const servers: Server[] = [];
let ingress: Ingress | undefined;

afterEach(async () => {
  await ingress?.stop();
  ingress = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The address of a server that answers by the listener until the test ends. */
export async function target(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A target that answers with its name and what it got. */
export const echo = (name: string) =>
  target((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('x-served-by', name);
      const { method, url, headers } = request;
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
    });
  });

/** An ingress with these targets by their paths, until the test ends. */
export async function start(routes: Record<string, string[]>): Promise<Ingress> {
  const list = Object.entries(routes).map(([path, targets]) => ({ path, targets }));
  return (ingress = await startIngress({ port: 0, routes: list }));
}

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
