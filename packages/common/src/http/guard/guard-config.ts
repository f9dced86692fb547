import { isIP } from 'node:net';
import { z } from 'zod';
import { milliseconds, variable, wholeNumber } from '../../runtime/environment';

/** The variables that limit callers and their requests. */
export function guardConfig() {
  return {
    rateLimitPerMinute: variable(
      'RATE_LIMIT_PER_MINUTE',
      wholeNumber({ max: 1_000_000_000 }).default(1_200),
      'Requests that one user, or one address that is not signed in, may make in a minute at one process; 0: any number',
    ),
    trustProxy: variable(
      'TRUST_PROXY',
      trustedProxies(),
      'Proxies whose X-Forwarded-For is believed: addresses, subnets, loopback, linklocal, uniquelocal, or a number of proxies',
    ),
    corsOrigins: variable(
      'CORS_ORIGINS',
      origins(),
      'Origins whose pages may call the API from a browser, such as https://shop.example; separated by commas',
    ),
    httpConcurrency: variable(
      'HTTP_CONCURRENCY',
      wholeNumber({ min: 1 }).default(100),
      'Requests that one process handles at the same time; ten times as many wait, more are answered 503',
    ),
    requestTimeoutMs: variable(
      'REQUEST_TIMEOUT_MS',
      milliseconds().default(30_000),
      'Time for a request to arrive (then 408), and again for its reply to begin (then 503) (ms)',
    ),
  } as const;
}

/**
 * Exact origins, as browsers write them: no path, no default port, and no `*`, which browsers refuse together with
 * cookies.
 */
function origins() {
  const error = 'a list of origins such as https://shop.example or http://localhost:8080, without a path';
  return z
    .string({ error })
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(isOrigin), { error });
}

function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/**
 * The checked value of Express's `trust proxy`. `true` is not allowed, because then every caller could choose its
 * address.
 */
function trustedProxies() {
  const error = `a list of addresses, subnets such as 10.0.0.0/8, ${NAMES.join(', ')}, or a number of proxies from 0 to 9`;
  return z
    .string({ error })
    .default('')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part === '' || isProxy(part)) || isHops(parts), { error })
    .transform((parts) => (isHops(parts) ? Number(parts[0]) : parts.filter((part) => part !== '')));
}

function isHops(parts: readonly string[]): boolean {
  return parts.length === 1 && /^\d$/.test(parts[0] ?? '');
}

function isProxy(part: string): boolean {
  if (NAMES.includes(part)) return true;
  const [ip = '', bits, ...more] = part.split('/');
  const family = isIP(ip);
  if (family === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128))
  );
}
