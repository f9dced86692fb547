import type { Request } from 'express';
import { PreconditionFailedError } from '../errors/kinds';

/** The strong entity tag of a version: 3 is `"3"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Throws PreconditionFailedError unless the request has no If-Match, or one that names this version or `*`. By RFC 9110
 * a weak tag (`W/"3"`) does not match; a header that is no list of tags matches nothing.
 */
export function requireMatch(req: Request, version: number): void {
  const header = req.headers['if-match'];
  if (header === undefined || header.trim() === '*') return;
  const tags = /^\s*(?:(?:W\/)?"[^"]*"\s*(?:,\s*|$))+$/.test(header) ? header.match(/(?:W\/)?"[^"]*"/g) : null;
  if (tags?.some((tag) => tag === etagOf(version)) !== true) throw new PreconditionFailedError();
}
