import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveWellFormed } from '@ticketing/common';
import { createProxyServer } from 'http-proxy-3';
import { agentOf, firstConnected } from './ingress-target';
import { loopbackIsFree } from './loopback-free';

export interface IngressRoute {
  /** The target of this path, e.g. "/api/tickets", and everything below it. */
  readonly path: string;
  /** Addresses such as "http://127.0.0.1:4001", used in turn. Read at each request, so they may change. */
  readonly targets: readonly string[];
  /** Only for callers on this machine; for others there is nothing at this path. */
  readonly onlyHere?: boolean;
  /** Waited for before the targets are read. It must not reject. */
  readonly ready?: () => Promise<unknown>;
}

export interface IngressOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly routes: readonly IngressRoute[];
}

export interface Ingress {
  readonly url: string;
  readonly port: number;
  /** Accepts no more connections, and resolves when the current answers are out, after 10 s at the latest. */
  stop(): Promise<void>;
}

const FORWARDED = ['for', 'host', 'port', 'proto'].map((name) => `x-forwarded-${name}`);
/**
 * An answer that has not begun by then becomes a 502. Longer than the default REQUEST_TIMEOUT_MS, so that the service
 * can say why.
 */
const ANSWER_WITHIN_MS = 35_000;
const STOP_WITHIN_MS = 10_000;
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
/** How long an idle connection of a client stays open (ms). The client is told, and should close it. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Gives several services one address. A target that refuses the connection is passed over, which is safe because
 * nothing was sent to it; no request is sent twice. No target: 503. A target that breaks off: 502. Another path: 404.
 * X-Forwarded-* is what the ingress itself saw; a client's own headers are dropped, so that no client can choose its
 * address.
 * @throws when the port is not available.
 */
export async function startIngress({ port, routes }: IngressOptions): Promise<Ingress> {
  const proxy = createProxyServer({ xfwd: true, proxyTimeout: ANSWER_WITHIN_MS });
  // The library turns a chunked DELETE or OPTIONS into one of length 0, and its body would be read as the next request.
  proxy.before('web', 'stream', ({ rawHeaders, headers }) => {
    const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && /^transfer-encoding$/i.test(text));
    if (at < 0) return;
    delete headers['content-length'];
    headers['transfer-encoding'] = rawHeaders[at + 1];
  });
  proxy.on('proxyRes', (answer, _request, response) => {
    // Otherwise the client would wait without end for the rest of an answer that broke off.
    answer.once('error', () => response.destroy());
    // The client would take the target's connection header for ours, and use a connection that we are closing.
    answer.headers['keep-alive'] = `timeout=${KEEP_ALIVE_MS / 1_000}`;
  });
  let turn = 0;

  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routes.find(({ path }) => isBelow(path, request.url ?? '/'));
    const isAllowed = route?.onlyHere !== true || LOOPBACK.test(request.socket.remoteAddress ?? '');
    if (!route || !isAllowed) return answerError(response, 404, 'there is nothing at this path');
    await route.ready?.();
    for (const name of FORWARDED) delete request.headers[name];
    const start = turn++ % Math.max(route.targets.length, 1);
    const connected = await firstConnected([...route.targets.slice(start), ...route.targets.slice(0, start)]);
    if (!connected) {
      response.setHeader('retry-after', '1');
      return answerError(response, 503, 'the service does not take connections: try again');
    }
    proxy.web(request, response, { target: connected.target, agent: agentOf(connected.socket) }, () =>
      answerError(response, 502, 'the service broke off'),
    );
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requireHostHeader: false });
  serveWellFormed(server, (request, response) => {
    forward(request, response).catch(() => answerError(response, 502, 'the request could not be passed on'));
  });
  if (port !== 0) await loopbackIsFree(port);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    async stop() {
      const deadline = setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS);
      // A connection that is kept alive becomes idle only when its answer is out.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      // An error means that it is closed already.
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(deadline);
      clearInterval(idle);
    },
  };
}

function isBelow(path: string, url: string): boolean {
  const asked = url.split('?', 1)[0] ?? '';
  return asked === path || asked.startsWith(`${path}/`);
}

function answerError(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ errors: [{ message }] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}
