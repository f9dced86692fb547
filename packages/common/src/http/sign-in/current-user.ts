import cookieSession from 'cookie-session';
import type { NextFunction, Request, RequestHandler } from 'express';
import { UnavailableError } from '../../errors/kinds';
import type { RemoteTokenVerifier } from './jwks';
import type { CurrentUser, TokenVerifier } from './token';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to extend Express's request
  namespace Express {
    interface Request {
      /** The caller; undefined when not signed in. Set by readCurrentUser. */
      currentUser?: CurrentUser | undefined;
      /**
       * Why the caller cannot be identified. Set by readCurrentUser; only routes for signed-in callers fail because of
       * it.
       */
      currentUserError?: UnavailableError;
    }
  }
}

/**
 * Sets `req.currentUser` from the JWT in `Authorization: Bearer`, or else in the cookie-session cookie `session`
 * (base64 of `{"jwt": "..."}`; the cookie is not signed, because the token itself is, with one of the keys). Anything
 * that is no valid token means: not signed in. The cookie is only read. A cookie that a route sets by `req.session`
 * goes over HTTPS only, and has all its flags.
 */
export function readCurrentUser(verify: TokenVerifier | RemoteTokenVerifier): RequestHandler {
  const flags = { httpOnly: true, secure: true, sameSite: 'lax' } as const;
  const readSession = cookieSession({ name: 'session', signed: false, ...flags });
  const identify = identifyBy(verify);
  return (req, res, next) => {
    const bearer = bearerOf(req);
    if (bearer !== undefined) return identify(req, bearer, next);
    if (req.headers.cookie === undefined) return next();
    readSession(req, res, (error?: unknown) => {
      if (error !== undefined) return next(error);
      const token = sessionTokenOf(req);
      if (token === undefined) return next();
      identify(req, token, next);
    });
  };
}

function identifyBy(verify: TokenVerifier | RemoteTokenVerifier) {
  return (req: Request, token: string, next: NextFunction): void => {
    const user = verify(token);
    if (!(user instanceof Promise)) {
      req.currentUser = user;
      return next();
    }
    user
      .then((known) => (req.currentUser = known))
      .catch((error: unknown) => {
        if (!(error instanceof UnavailableError)) throw error;
        req.currentUserError = error;
      })
      .then(() => next(), next);
  };
}

function bearerOf(req: Request): string | undefined {
  return /^bearer +(\S+) *$/i.exec(req.headers.authorization ?? '')?.[1];
}

function sessionTokenOf(req: Request): string | undefined {
  const token: unknown = req.session?.['jwt'];
  return typeof token === 'string' ? token : undefined;
}
