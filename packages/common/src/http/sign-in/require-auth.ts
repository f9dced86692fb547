import type { Request, RequestHandler } from 'express';
import { NotSignedInError } from '../../errors/kinds';
import type { CurrentUser } from './token';

/** Lets only signed-in callers pass: others get 401, or 503 when their token cannot be checked. */
export const requireAuth: RequestHandler = (req, _res, next) => {
  currentUserOf(req);
  next();
};

/** The caller. Throws NotSignedInError, or UnavailableError when the token cannot be checked. */
export function currentUserOf(req: Request): CurrentUser {
  if (req.currentUserError) throw req.currentUserError;
  if (req.currentUser === undefined) throw new NotSignedInError();
  return req.currentUser;
}
