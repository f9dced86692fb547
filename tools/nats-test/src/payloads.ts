import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CommandError } from '@ticketing/command-line';

/** Where what is to be published comes from. */
export type Source =
  'stdin' | (({ readonly data: string } | { readonly file: string }) & { readonly count: number | undefined });

/** One message to be, and where it stands for whoever has to look for it. */
export interface Payload {
  readonly text: string;
  readonly place: string;
}

/**
 * What is known before the first is sent. With a count `{n}` becomes the number of the repetition.
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
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity, signal })) {
    number += 1;
    if (text.trim() !== '') yield { text, place: `line ${number}` };
  }
}

function textsOf(file: string): readonly Payload[] {
  const content = read(file);
  if (isJson(content)) return [{ text: content.trim(), place: file }];
  const lines = content.split(/\r?\n/).map((text, index) => ({ text, place: `line ${index + 1} of ${file}` }));
  const filled = lines.filter(({ text }) => text.trim() !== '');
  if (filled.length === 0) throw new CommandError(`${file} has no message in it.`);
  return filled;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, ''); // as some editors begin a file
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
