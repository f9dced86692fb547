import cookieSession from 'cookie-session';
import type { Request, RequestHandler } from 'express';
import { type CurrentUser, tokenVerifier } from './token';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to extend Express's request
  namespace Express {
    interface Request {
      /** Who is calling; undefined when not signed in. Set by readCurrentUser. */
      currentUser?: CurrentUser | undefined;
    }
  }
}

/**
 * Sets `req.currentUser` from the JWT in `Authorization: Bearer`, or else in the cookie-session cookie `session`
 * (base64 of `{"jwt": "..."}`, unsigned: the token itself is, by one of the keys). Whatever is no valid token means: not signed in.
 */
export function readCurrentUser(jwtKeys: readonly string[]): RequestHandler {
  const verify = tokenVerifier(jwtKeys);
  const readSession = cookieSession({ name: 'session', signed: false, httpOnly: true });
  return (req, res, next) => {
    const bearer = bearerOf(req);
    if (bearer !== undefined) req.currentUser = verify(bearer);
    if (bearer !== undefined || req.headers.cookie === undefined) return next();
    readSession(req, res, (error?: unknown) => {
      if (error !== undefined) return next(error);
      const token = sessionTokenOf(req);
      if (token !== undefined) req.currentUser = verify(token);
      next();
    });
  };
}

function bearerOf(req: Request): string | undefined {
  return /^bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
}

function sessionTokenOf(req: Request): string | undefined {
  const token: unknown = req.session?.['jwt'];
  return typeof token === 'string' ? token : undefined;
}
