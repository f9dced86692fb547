import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in for a payment provider. Whatever it does, it does once for each Idempotency-Key. */
export async function startProvider({ port = 0, lateMs = 10_000 } = {}) {
  const [charges, refunds]: [string[], string[]] = [[], []];
  const done = new Map<string, 201 | 402>();
  /** So many answers are a 503, although it did what it was asked. */
  const lost = { answers: 0 };
  const answer = (path: string, key: string, text: string, response: ServerResponse) => {
    const { reference, token } = JSON.parse(text) as { reference: string; token?: string };
    const isFirst = !done.has(key);
    const status = done.get(key) ?? (token === 'tok_declined' ? 402 : 201);
    done.set(key, status);
    if (isFirst && status === 201) (path === '/refunds' ? refunds : charges).push(reference);
    if (lost.answers > 0) {
      lost.answers -= 1;
      return void response.writeHead(503).end();
    }
    const send = () => response.writeHead(status).end();
    if (isFirst && token === 'tok_silent') return; // it took the money, and says nothing
    if (isFirst && token === 'tok_late') return void setTimeout(send, lateMs).unref();
    if (token !== 'tok_twice') return void send();
    const reply = `HTTP/1.1 ${status} Created\r\nContent-Length: 0\r\n\r\n`;
    response.socket?.write(reply + reply);
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
    process.stdout.write(`a payment provider at ${url}: tok_ok, tok_declined, tok_silent, tok_late, tok_twice\n`);
  });
}
