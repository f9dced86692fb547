import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuseBrokenRequest, refuseOn } from './broken-request';
import { type Traffic, watchTraffic } from './traffic';

/** What a host may be written with (RFC 3986, section 3.2), and nothing at all. */
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]*$/;
/** The absolute form of a target, which every server has to take (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]+)(.*)$/i;

/**
 * Has a server that has not accepted anything yet, and was made with `requireHostHeader: false`, answer by the listener, which
 * gets each target as a path. What breaks HTTP gets 400 to 431 in the shape that all errors have, before the listener sees
 * it: among others no host, two of them (RFC 9112, section 3.2), or an expectation other than 100-continue.
 */
export function serveWellFormed(server: Server, listener: RequestListener): Traffic {
  const traffic = watchTraffic(server);
  server.on('request', (request, response) => {
    const [, authority, rest = ''] = ABSOLUTE.exec(request.url ?? '') ?? [];
    const wrong = wrongHost(request, authority);
    if (wrong !== undefined) return refuse(response, 400, wrong);
    if (authority !== undefined) {
      request.url = rest.startsWith('/') ? rest : `/${rest}`;
      request.headers.host = authority;
    }
    listener(request, response);
  });
  server.on('checkExpectation', (_request, response) => {
    refuse(response, 417, 'of what a request can expect only 100-continue is known here');
  });
  server.on('connect', (_request, socket) => {
    if (traffic.owesReply(socket as Socket)) socket.destroy();
    else refuseOn(socket, 501, 'CONNECT is not known here');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket;
    const owed = traffic.owesReply(socket);
    const refuseIt = () => refuseBrokenRequest(error, socket, traffic.owesReply(socket));
    if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') return refuseIt();
    // When the process was held up, the timer comes before what has arrived is read: look again when it is read.
    const nothingCame = socket.bytesRead === 0;
    setImmediate(() => {
      const begins = nothingCame && socket.bytesRead > 0; // now, and so does its time
      const isWhole = !owed && traffic.owesReply(socket);
      if (!begins && !isWhole) refuseIt();
    });
  });
  return traffic;
}

function wrongHost({ headers, rawHeaders, httpVersion }: IncomingMessage, authority = ''): string | undefined {
  if (!HOST.test(authority)) return 'the host of the target is not a host with an optional port';
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1) return 'send one Host header, not several';
  if (hosts === 0) return httpVersion === '1.0' ? undefined : 'send a Host header';
  return HOST.test(headers.host ?? '') ? undefined : 'the Host header is not a host with an optional port';
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ errors: [{ message }] });
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' }).end(body);
}
