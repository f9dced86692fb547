import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuseBrokenRequest, refuseOn } from './broken-request';
import { type Traffic, watchTraffic } from './traffic';

/** The characters that a host may have (RFC 3986, section 3.2), or none. */
const HOST = /^[\w.~!$&'()*+,;=%:[\]-]*$/;
/** The absolute form of a target, which every server must accept (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]+)(.*)$/i;

/**
 * Makes a server answer through the listener, which gets each target as a path. The server must not have accepted
 * anything yet, and must be made with `requireHostHeader: false`. A request that breaks HTTP gets 400 to 431 in the
 * form of all errors, and the listener does not see it. Examples are no host, two hosts (RFC 9112, section 3.2), or an
 * expectation other than 100-continue.
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
    // If the process was held up, the timer fires before the data that has arrived is read. So look again after the
    // read.
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
