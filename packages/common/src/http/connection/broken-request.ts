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
 * Answers what is not HTTP, which Express never sees, or not whole in time, in the same JSON shape as every other error, and
 * closes the connection. With a reply under way on it, or before anything was sent, it only closes.
 */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, replyUnderWay: boolean): void {
  if (!socket.writable || replyUnderWay || socket.bytesRead === 0 || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ''] ?? 400;
  refuseOn(socket, status, status === 408 ? TOO_SLOW : `the request cannot be read: ${textOf(status)}`);
}

/** Answers on a connection that has no response of Node's, in the JSON shape of every error, and closes it. */
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
