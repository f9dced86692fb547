import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** The address of a server that answers with the listener until the test ends. */
export async function target(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A target that answers with its name and the request. */
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
