const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Half a surrogate pair: it is no character, and no database or broker can store it. With the flag `u` this does not
 * match a whole pair.
 */
const HALF = /\p{Surrogate}/u;
/** The escape that JSON.stringify writes for such a half. JSON in UTF-8 can contain one only in this form. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/;

/** A text holds half a surrogate pair, which UTF-8 cannot encode. */
export class IllFormedTextError extends Error {
  override readonly name = 'IllFormedTextError';
  constructor() {
    super('a text in it holds half a character (a surrogate without its other half)');
  }
}

/** Whether every character of the text is whole, so that it survives storage unchanged. */
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
 * Refuses JSON in which a text or a name is not well-formed; escapes allow that (RFC 8259, section 8.2).
 * @throws IllFormedTextError; SyntaxError when it is not JSON, but only if that has to be checked
 */
export function requireWellFormedJson(json: string): void {
  if (isWellFormed(json) && !ESCAPED_HALF.test(json)) return;
  JSON.parse(json, (name, value: unknown) => {
    if (!isWellFormed(name) || (typeof value === 'string' && !isWellFormed(value))) throw new IllFormedTextError();
    return value;
  });
}

/** JSON.parse for text from others. @throws SyntaxError when it is not JSON; IllFormedTextError as above */
export function parseJson(json: string): unknown {
  requireWellFormedJson(json);
  return JSON.parse(json);
}
