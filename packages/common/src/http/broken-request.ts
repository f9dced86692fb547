import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

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
  const text = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({
    errors: [{ message: status === 408 ? TOO_SLOW : `the request cannot be read: ${text}` }],
  });
  socket.end(
    [
      `HTTP/1.1 ${status} ${text}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    () => socket.destroy(),
  );
}
