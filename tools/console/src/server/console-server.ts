import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveWellFormed } from '@ticketing/common';
import type { Acts } from '../acts/acts';
import { ActError } from '../acts/act-error';
import type { Facts } from '../facts/facts';
import { without } from '../facts/line-step';
import type { Hello } from '../page/model/system';
import { type Live, streamTo } from './event-stream';
import { isForThisMachine, newToken, refusalOf, setSecurityHeaders } from './guard';
import { BELOW, pageFiles, pageHtml } from './page-files';
import { readJson } from './read-json';

export interface ConsoleServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly facts: Facts;
  readonly live: Live;
  /** Undefined: the page only reads. */
  readonly acts: Acts | undefined;
  readonly hello: Omit<Hello, 'started'>;
}

export interface ConsoleServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the console on loopback. Whoever asks for it must name this machine as its host, and whoever acts must have the
 * token of this start and come from the page itself.
 * @throws when the port is not available
 */
export async function serveConsole(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const { port, facts, live, acts } = options;
  const token = newToken();
  const hello: Hello = { ...options.hello, started: Date.now().toString(36) };
  const html = pageHtml({ token, started: hello.started });
  const files = await pageFiles();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response);
    if (!isForThisMachine(request.headers)) return refuse(response, 403, 'this console is only for this machine');
    const [pathname = '/', query] = (request.url ?? '/').split('?');
    if (request.method === 'POST') return act(pathname, request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET and POST only');
    if (pathname === '/') return send(response, 'text/html; charset=utf-8', html);
    if (pathname === `${BELOW}/events`) return streamTo(request, response, hello, facts, live);
    if (pathname === `${BELOW}/message`) return message(new URLSearchParams(query), response);
    const file = files.get(pathname);
    if (file) return send(response, file.type, file.body);
    refuse(response, 404, 'there is nothing at this path');
  }

  async function message(wanted: URLSearchParams, response: ServerResponse): Promise<void> {
    const text = (name: string) => wanted.get(name) || undefined;
    const number = (name: string) => (text(name) === undefined ? undefined : Number(text(name)));
    const found = await facts.message({
      subject: text('subject') ?? '',
      ...without({ eventId: text('event'), aggregateId: text('aggregate') }),
      ...without({ sequence: number('sequence'), version: number('version') }),
    });
    if (found === undefined)
      return refuse(response, 404, 'the channel does not have it, or it is too old to be kept here');
    send(response, 'text/plain; charset=utf-8', found);
  }

  async function act(pathname: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request.headers, token);
    if (refusal !== undefined) return refuse(response, 403, refusal);
    if (!acts) return refuse(response, 403, 'this console only reads: start it with --act');
    try {
      const told = await acts.run(pathname.slice(`${BELOW}/acts/`.length), await readJson(request));
      send(response, 'application/json; charset=utf-8', JSON.stringify(told));
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      refuse(response, 422, error.message);
    }
  }

  const server = createServer({ requireHostHeader: false });
  serveWellFormed(server, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      refuse(response, 500, error instanceof Error ? error.message : String(error));
    });
  });
  await listen(server, port);
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://localhost:${taken}`,
    port: taken,
    close: () => {
      server.closeAllConnections(); // the streams do not end by themselves
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is taken. Choose another by --port; 0 takes a free one.`;
      reject(cause.code === 'EADDRINUSE' ? new Error(taken, { cause }) : cause);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type }).end(body);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ errors: [{ message }] }));
}
