import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NO_CONNECTION_AFTER_MS } from './unreachable';

/** How long a running download may bring no data. */
const STALLED_AFTER_MS = 30_000;
const SAY_SO_EVERY_MS = 2_000;

/** The text at this address, or undefined when there is none (404). @throws when there is no answer within 10 s. */
export async function fetchText(url: string): Promise<string | undefined> {
  const patience = new AbortController();
  const timer = abortAfter(patience, NO_CONNECTION_AFTER_MS, 'no connection within');
  try {
    const answer = await get(url, patience.signal);
    return answer.status === 404 ? undefined : await checked(answer, url).text();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Downloads to a file, saying how far it is.
 * @returns the SHA-256 of what was written, in hex.
 * @throws when there is no answer within 10 s, or nothing more for 30 s, or the answer is not 2xx.
 */
export async function fetchFile(url: string, file: string, log: (line: string) => void): Promise<string> {
  const stalled = new AbortController();
  let timer = abortAfter(stalled, NO_CONNECTION_AFTER_MS, 'no connection within');
  const hash = createHash('sha256');
  try {
    const answer = checked(await get(url, stalled.signal), url);
    if (!answer.body) throw new Error(`${url} sent nothing`);
    const total = Number(answer.headers.get('content-length') ?? 0);
    const say = progress(total, log);
    await pipeline(
      Readable.fromWeb(answer.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          clearTimeout(timer);
          timer = abortAfter(stalled, STALLED_AFTER_MS, 'nothing came for');
          hash.update(chunk);
          say(chunk.length);
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal: stalled.signal },
    );
  } catch (error) {
    throw stalled.signal.aborted ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
  return hash.digest('hex');
}

function abortAfter(controller: AbortController, ms: number, what: string): NodeJS.Timeout {
  return setTimeout(() => controller.abort(new Error(`${what} ${ms / 1000} s`)), ms);
}

/** `fetch` says only "fetch failed"; the cause says why. */
async function get(url: string, signal: AbortSignal): Promise<Response> {
  return fetch(url, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    throw cause === undefined ? error : new Error(`${url}: ${cause}`, { cause: error });
  });
}

function checked(answer: Response, url: string): Response {
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

function progress(total: number, log: (line: string) => void): (bytes: number) => void {
  let done = 0;
  let saidAt = 0;
  return (bytes) => {
    done += bytes;
    if (Date.now() - saidAt < SAY_SO_EVERY_MS && done !== total) return;
    saidAt = Date.now();
    const mb = (n: number) => (n / 1e6).toFixed(1);
    log(`downloaded ${mb(done)}${total > 0 ? ` of ${mb(total)}` : ''} MB`);
  };
}
