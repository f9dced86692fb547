import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A stand-in for a payment provider. Whatever it does, it does once for each Idempotency-Key. */
export async function startProvider({ port = 0, lateMs = 10_000 } = {}) {
  const [charges, refunds]: [string[], string[]] = [[], []];
  const done = new Map<string, 201 | 402>();
  /** So many answers are a 503, although it did what it was asked. */
  const lost = { answers: 0 };
  /** The second answer of a request, which comes when the next one on its connection is waiting for its own. */
  const second = new WeakMap<Socket, string>();
  const answer = (path: string, key: string, text: string, response: ServerResponse) => {
    const { reference, token } = JSON.parse(text) as { reference: string; token?: string };
    const socket = response.socket as Socket;
    socket.write(second.get(socket) ?? '');
    second.delete(socket);
    const isFirst = !done.has(key);
    const isRefused = path === '/refunds' ? !charges.includes(reference) : token === 'tok_declined';
    const status = done.get(key) ?? (isRefused ? 402 : 201);
    response.setHeader('Idempotency-Key', key);
    if (token === 'tok_broken') return void response.writeHead(500).end();
    done.set(key, status);
    if (isFirst && status === 201) (path === '/refunds' ? refunds : charges).push(reference);
    if (lost.answers > 0) {
      lost.answers -= 1;
      return void response.writeHead(503).end();
    }
    const send = () => response.writeHead(status).end();
    if (isFirst && token === 'tok_silent') return; // it took the money, and says nothing
    if (isFirst && token === 'tok_late') return void setTimeout(send, lateMs).unref();
    if (token === 'tok_twice') {
      second.set(socket, `HTTP/1.1 201 Created\r\nIdempotency-Key: ${key}\r\nContent-Length: 0\r\n\r\n`);
    }
    send();
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => answer(request.url ?? '', String(request.headers['idempotency-key']), text, response));
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, charges, refunds, lost, close };
}

if (require.main === module) {
  void startProvider({ port: Number(process.env['PROVIDER_PORT'] ?? 4242) }).then(({ url }) => {
    process.stdout.write(
      `a payment provider at ${url}: tok_ok, tok_declined, tok_broken, tok_silent, tok_late, tok_twice\n`,
    );
  });
}
