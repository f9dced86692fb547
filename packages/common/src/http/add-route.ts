import type { RequestHandler, Router } from 'express';
import type { Operation } from '../api/operation';
import { requireAuth } from './sign-in/require-auth';
import { noteWork } from './connection/work-in-hand';

/**
 * Serves an operation by its own method and path. Where its contract says so, callers that are not signed in get 401.
 */
export function addRoute(
  router: Router,
  { method, path, signedIn }: Operation,
  ...handlers: [RequestHandler, ...RequestHandler[]]
): void {
  router[method](path, ...(signedIn ? [requireAuth] : []), ...handlers.map(noteWork));
}
