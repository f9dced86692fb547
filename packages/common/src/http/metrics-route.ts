import { METHODS } from 'node:http';
import { type Request, type RequestHandler, Router } from 'express';
import type { Metrics } from '../runtime/metrics';

/** `/metrics` for Prometheus. */
export function metricsRoute(metrics: Metrics): Router {
  const router = Router();
  router.get('/metrics', async (_req, res) => {
    res.set('Content-Type', metrics.contentType).send(await metrics.scrape());
  });
  return router;
}

/**
 * Measures every request by method, route and status. The route is its pattern as registered (`unmatched` without one),
 * so that no caller can make new series. A reply that the caller did not wait for has the status `aborted`.
 */
export function measureRequests(metrics: Metrics): RequestHandler {
  let inFlight = 0;
  metrics.beforeScrape(() => metrics.httpRequestsInFlight.set(inFlight));
  return (req, res, next) => {
    inFlight += 1;
    const stop = metrics.httpRequestDuration.startTimer();
    res.once('close', () => {
      inFlight -= 1;
      const status = res.writableFinished ? String(res.statusCode) : 'aborted';
      stop({ method: methodOf(req), route: patternOf(req), status });
    });
    next();
  };
}

/** The method, or `other` for one that Node does not know. */
export function methodOf({ method }: Request): string {
  return METHODS.includes(method) ? method : 'other';
}

/** The pattern of requests that no route answers. */
export const UNMATCHED = 'unmatched';

/** The pattern of the route that took the request; known only after that. */
export function patternOf(req: Request): string {
  const route: unknown = req.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return UNMATCHED;
  return typeof route.path === 'string' ? route.path : UNMATCHED;
}
