import { InvalidInputError } from '../errors/kinds';

/** The longest key, without its quotes. */
const MOST = 255;

/** A structured field's string (RFC 9651, section 3.3.3), or visible characters that need no quotes. */
const FORM = /^(?:"((?:[ !#-[\]-~]|\\["\\])*)"|([!#-+\--:<-[\]-~]+))$/;

/**
 * The key of an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header). The draft wants quotes, but most
 * clients send it bare. Both are accepted, and `"k"` and `k` are the same key. A bare key has no blank, quote, comma,
 * semicolon or backslash, so that two joined headers are no key. Pure. @throws InvalidInputError for anything else
 */
export function parseIdempotencyKey(header: string): string {
  const [, quoted, bare] = FORM.exec(header) ?? [];
  const key = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  if (key !== '' && key.length <= MOST) return key;
  const message = `send one key of 1 to ${MOST} visible characters, such as a UUID, bare or in double quotes`;
  throw new InvalidInputError([{ message, field: 'Idempotency-Key' }]);
}
