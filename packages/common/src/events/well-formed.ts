const decoder = new TextDecoder('utf-8', { fatal: true });

/** A half of a surrogate pair: no character, and no database or broker can keep it. With `u` a whole pair is none. */
const HALF = /\p{Surrogate}/u;
/** What JSON.stringify makes of such a half, and the only way in which a text of JSON that was UTF-8 can name one. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/;

/** Text holds half a surrogate pair, which UTF-8 cannot have. */
export class IllFormedTextError extends Error {
  override readonly name = 'IllFormedTextError';
  constructor() {
    super('a text in it holds half a character (a surrogate without its other half)');
  }
}

/** Whether every character of the text is whole, so that it comes back from where it is kept as it was. */
export function isWellFormed(text: string): boolean {
  return !HALF.test(text);
}

/** The text of these bytes; undefined when they are not UTF-8. A byte order mark is left out. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Refuses JSON in which a text or a name is not well-formed, which its escapes allow (RFC 8259, section 8.2).
 * @throws IllFormedTextError; SyntaxError when it is not JSON, but only if that has to be known
 */
export function requireWellFormedJson(json: string): void {
  if (isWellFormed(json) && !ESCAPED_HALF.test(json)) return;
  JSON.parse(json, (name, value: unknown) => {
    if (!isWellFormed(name) || (typeof value === 'string' && !isWellFormed(value))) throw new IllFormedTextError();
    return value;
  });
}

/** As JSON.parse, for what others wrote. @throws SyntaxError when it is not JSON; IllFormedTextError as above */
export function parseJson(json: string): unknown {
  requireWellFormedJson(json);
  return JSON.parse(json);
}
