import type { Request, RequestHandler } from 'express';
import type { Logger } from '../runtime/logger';
import { parseTraceparent } from '../tracing/traceparent';
import { currentTraceId } from '../tracing/tracing';

/** What is asked all the time by machines, and says itself what is wrong. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether it asks for one of the probes. */
export function isProbe({ path }: Request): boolean {
  return probes.has(path);
}

/** The trace that a request belongs to, for a line about it: the one of its span or, while tracing is off, of its caller. */
export function traceIdOf(req: Request): string | undefined {
  return currentTraceId() ?? parseTraceparent(req.headers['traceparent'])?.traceId;
}

/**
 * One line per request when its reply is out (or abandoned): at debug, from status 400 on at info. Probes excepted, and 429:
 * who sends too much must not fill the log.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const start = performance.now();
    const { method } = req;
    const ownTraceId = currentTraceId(); // at the end nothing runs in the span any more
    res.once('close', () => {
      const worthSaying = (res.statusCode >= 400 && res.statusCode !== 429) || !res.writableFinished;
      const level = worthSaying && !isProbe(req) ? 'info' : 'debug';
      if (!logger.isLevelEnabled(level)) return;
      const durationMs = Math.round(performance.now() - start);
      const traceId = ownTraceId ?? traceIdOf(req);
      const facts = { method, url: urlOf(req), status: res.statusCode, durationMs, user: req.currentUser?.id, traceId };
      logger[level](facts, res.writableFinished ? 'request' : 'request abandoned by the caller');
    });
    next();
  };
}

/** Of the query only the names: callers put tokens there, where this API asks for none. */
function urlOf({ originalUrl }: Request): string {
  return originalUrl.replace(/=[^&]*/g, '=***');
}
