import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const TOO_SLOW = 'the request takes too long to arrive: send it again, faster';

/**
 * Answers a request that is not HTTP, which Express does not see, or that is not complete in time. The reply has the
 * JSON form of every other error, and the connection closes. If a reply is under way, or nothing was sent yet, it only
 * closes.
 */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, replyUnderWay: boolean): void {
  if (!socket.writable || replyUnderWay || socket.bytesRead === 0 || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  refuseOn(socket, status, status === 408 ? TOO_SLOW : `the request cannot be read: ${textOf(status)}`);
}

/** Answers on a connection for which Node made no response, in the JSON form of every error, and closes it. */
export function refuseOn(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ errors: [{ message }] });
  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${textOf(status)}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}

function textOf(status: number): string {
  return STATUS_CODES[status] ?? 'Bad Request';
}
