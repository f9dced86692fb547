import type { IncomingMessage } from 'node:http';
import { ActError } from '../acts/act-error';

const MOST_BYTES = 64 * 1024;

/** The body of a request, as JSON. @throws ActError when it is too large, or no JSON */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new ActError('the request is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    throw new ActError('the request is no JSON');
  }
}
