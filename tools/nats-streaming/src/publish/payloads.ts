import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@ticketing/command-line';
import { Lines } from './lines';

/** The source of the messages to publish. */
export type Source =
  'stdin' | (({ readonly data: string } | { readonly file: string }) & { readonly count: number | undefined });

/** One message to publish, and its place in the input, for error messages. */
export interface Payload {
  readonly text: string;
  readonly place: string;
}

/**
 * The messages that are known before the first is sent. With a count `{n}` becomes the number of the repetition.
 * @throws CommandError for a bad file
 */
export function* payloadsOf(source: Exclude<Source, 'stdin'>): Generator<Payload> {
  const texts = 'file' in source ? textsOf(source.file) : [{ text: source.data, place: 'the data' }];
  const { count } = source;
  for (let n = 0; n < (count ?? 1); n += 1) {
    for (const { text, place } of texts) {
      const where = (count ?? 1) > 1 ? `${place}, {n} = ${n}` : place;
      yield { text: count !== undefined ? text.replaceAll('{n}', String(n)) : text, place: where };
    }
  }
}

/** Each line of the input that is not empty, as it comes, until the signal. */
export async function* payloadsFrom(input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<Payload> {
  const lines = new Lines();
  let number = 0;
  const payloads = (texts: readonly string[]) =>
    texts.map((text) => ({ text, place: `line ${(number += 1)}` })).filter(isFilled);
  const aborted = once(signal, 'abort').then(() => ({ done: true, value: undefined }) as const);
  const pieces = input[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([pieces.next(), aborted]);
    if (next.done) break;
    yield* payloads(lines.take(next.value as Buffer));
  }
  if (!signal.aborted) yield* payloads([lines.end()]);
}

/** The payloads, at most `rate` of them a second, until the signal. */
export async function* paced(
  payloads: Iterable<Payload> | AsyncIterable<Payload>,
  rate: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<Payload> {
  let due = performance.now();
  for await (const payload of payloads) {
    if (rate !== undefined) await sleep(due - performance.now(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    due = Math.max(due, performance.now() - 1_000) + 1_000 / (rate ?? Infinity); // no burst after a pause
    yield payload;
  }
}

function textsOf(file: string): readonly Payload[] {
  const lines = new Lines();
  const texts = [...lines.take(read(file)), lines.end()];
  const content = texts.join('\n');
  if (isJson(content)) return [{ text: content.trim(), place: file }];
  const filled = texts.map((text, index) => ({ text, place: `line ${index + 1} of ${file}` })).filter(isFilled);
  if (filled.length === 0) throw new CommandError(`${file} has no message in it.`);
  return filled;
}

function isFilled({ text }: Payload): boolean {
  return text.trim() !== '';
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandError(`The file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
