import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openUntil } from '@ticketing/testing';
import { startIngress, type Ingress, type IngressRoute } from './ingress';

const open = openUntil(afterEach);

/** The address of a server that answers with the listener until the test ends. */
export async function target(listener: RequestListener): Promise<string> {
  const server = open(createServer(listener), (opened) => {
    opened.closeAllConnections();
    opened.close();
  });
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

/** An ingress with these targets by their paths, until the test ends. @param more of each of its routes */
export async function start(routes: Record<string, string[]>, more: Partial<IngressRoute> = {}): Promise<Ingress> {
  const list = Object.entries(routes).map(([path, targets]) => ({ ...more, path, targets }));
  return open(await startIngress({ port: 0, routes: list }), (opened) => opened.stop());
}
