import type { RequestHandler } from 'express';
import type { Logger } from '../logger';

/** What is asked all the time by machines, and says itself what is wrong. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request when its reply is out (or abandoned): at debug, from status 400 on at info, probes excepted. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const start = performance.now();
    const { method, originalUrl: url } = req;
    res.once('close', () => {
      const worthSaying = res.statusCode >= 400 || !res.writableFinished;
      const level = worthSaying && !probes.has(req.path) ? 'info' : 'debug';
      const durationMs = Math.round(performance.now() - start);
      const facts = { method, url, status: res.statusCode, durationMs, user: req.currentUser?.id };
      logger[level](facts, res.writableFinished ? 'request' : 'request abandoned by the caller');
    });
    next();
  };
}
