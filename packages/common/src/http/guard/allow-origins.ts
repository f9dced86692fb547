import type { RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, DELETE';
const HEADERS = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent';
const EXPOSED =
  'ETag, Link, Location, Retry-After, Idempotency-Replayed, WWW-Authenticate, RateLimit, RateLimit-Policy';
const PREFLIGHT_GOOD_FOR_S = 600;

/**
 * Lets pages of these origins, such as `https://shop.example`, call the API from a browser, with the caller's cookie or
 * token. A page of another origin gets the usual replies, but its browser does not show them to it. Answers a preflight
 * (https://fetch.spec.whatwg.org/#http-cors-protocol) itself. Replies depend on the origin, so `Vary` tells caches.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.headers.origin;
    if (origin === undefined || !allowed.has(origin)) return next();
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) {
      res.set('Access-Control-Expose-Headers', EXPOSED);
      return next();
    }
    res.set({
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Max-Age': String(PREFLIGHT_GOOD_FOR_S),
    });
    res.status(204).end();
  };
}
