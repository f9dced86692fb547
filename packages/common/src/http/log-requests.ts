import type { Request, RequestHandler } from 'express';
import type { Logger } from '../runtime/logger';
import { parseTraceparent } from '../tracing/traceparent';
import { currentTraceId } from '../tracing/tracing';

/** Routes that machines call all the time, and whose replies say what is wrong. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether it asks for one of the probes. */
export function isProbe({ path }: Request): boolean {
  return probes.has(path);
}

/** The trace of a request, for its log lines: that of its span or, while tracing is off, that of its caller. */
export function traceIdOf(req: Request): string | undefined {
  return currentTraceId() ?? parseTraceparent(req.headers['traceparent'])?.traceId;
}

/**
 * Logs one line per request when its reply is out (or abandoned): at debug, and from status 400 on at info. Probes are
 * left out. 429 stays at debug, so that a flood does not fill the log.
 */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const start = performance.now();
    const { method } = req;
    const ownTraceId = currentTraceId(); // when the reply is out, this no longer runs in the span
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

/** Only the names of the query: callers put tokens there, although this API asks for none. */
function urlOf({ originalUrl }: Request): string {
  return originalUrl.replace(/=[^&]*/g, '=***');
}
