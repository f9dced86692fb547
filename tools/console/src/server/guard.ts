import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** The header that carries the token of this start. A page of another origin cannot send it without being asked first. */
export const TOKEN_HEADER = 'x-console-token';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Nothing but what this server has itself, and no script or style within the page. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

/** A new token for each start, which only the page itself is told. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('content-security-policy', POLICY);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
}

/**
 * Whether the request names this machine as its host. A name of somebody else that leads here (DNS rebinding) does not
 * count, so no other page can read anything.
 */
export function isForThisMachine({ host }: IncomingHttpHeaders): boolean {
  return host !== undefined && LOOPBACK.test(host);
}

/** Why a request may not act: it needs the token of this start, and must come from the page itself. Undefined: it may. */
export function refusalOf({ host, origin, ...headers }: IncomingHttpHeaders, token: string): string | undefined {
  if (origin !== `http://${host}`) return 'only the page of this console may act';
  const given = headers[TOKEN_HEADER];
  if (typeof given !== 'string' || !isSame(given, token)) {
    return 'the token is not that of this start: load the page again';
  }
  return undefined;
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
