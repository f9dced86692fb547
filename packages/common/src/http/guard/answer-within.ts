import type { RequestHandler } from 'express';
import { UnavailableError } from '../../errors/kinds';
import type { Logger } from '../../runtime/logger';
import { hasGone } from '../connection/work-in-hand';

/**
 * Lets the routes answer, and answers 503 when no reply has begun within `ms`. The route's work goes on to its end, but
 * its late reply or error is not sent; it is logged if it has a body. Goes after the body was read.
 */
export function answerWithin(ms: number, routes: RequestHandler, logger: Logger): RequestHandler {
  return (req, res, next) => {
    if (hasGone(req, res)) return; // while its request was read
    let givenUp = false;
    const timer = setTimeout(() => {
      if (res.headersSent) return;
      givenUp = true;
      next(new UnavailableError('this takes too long, and may still succeed: look before you repeat it'));
    }, ms);
    res.once('close', () => clearTimeout(timer));
    void routes(req, res, (error?: unknown) => {
      if (!givenUp) return next(error);
      logger.warn({ err: error, method: req.method, path: req.path }, 'a request that was given up has ended');
    });
  };
}
