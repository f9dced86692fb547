import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { MemoryStore, ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { TooManyRequestsError } from '../../errors/kinds';

const WINDOW_MS = 60_000;
/** Callers in one generation of the store, which has two; a caller takes about 300 bytes. */
export const CALLERS_PER_GENERATION = 20_000;

/**
 * Answers 429 with Retry-After to each request of a caller beyond `perMinute` in a minute, which begins with its first
 * request. A caller is a user, or an address that is not signed in (of IPv6 its /56). Each reply says what is left, as
 * RateLimit and RateLimit-Policy (draft 8 of the IETF). Goes after readCurrentUser. Counts in the memory of this
 * process.
 */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'minute',
    keyGenerator: callerOf,
    store: new BoundedStore(),
    handler: (_req, _res, next) => next(new TooManyRequestsError()),
    validate: false, // guard-config.ts and callerOf do these checks
  });
}

/** Forgets the callers seen longest ago when there are too many. The library forgets callers every minute anyway. */
export class BoundedStore extends MemoryStore {
  override increment(key: string) {
    if (this.current.size >= CALLERS_PER_GENERATION && !this.current.has(key)) {
      this.previous = this.current;
      this.current = new Map();
    }
    return super.increment(key);
  }
}

function callerOf({ currentUser, ip, socket }: Request): string {
  if (currentUser) return `user ${currentUser.id}`;
  // A proxy can pass on something that is no address.
  const address = ip !== undefined && isIP(ip) !== 0 ? ip : (socket.remoteAddress ?? '');
  return `address ${ipKeyGenerator(address)}`;
}
