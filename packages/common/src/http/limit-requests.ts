import type { RequestHandler, Response } from 'express';
import { UnavailableError } from '../errors/kinds';

export interface RequestLimits {
  /** So many requests are handled at the same time; the others wait, in the order in which they came. */
  readonly concurrency: number;
  /** So many are in hand, waiting ones included; those beyond are answered 503. */
  readonly inHand: number;
}

/**
 * Bounds the requests that a process has at the same time. Two steps: `refuse` goes before anything is read of a request, and
 * `wait` after its body, so that who sends slowly takes no turn from others. A request counts until its reply is out or its
 * caller has gone.
 */
export function limitRequests({ concurrency, inHand }: RequestLimits): Record<'refuse' | 'wait', RequestHandler> {
  const waiting = new Set<() => void>();
  let present = 0;
  let running = 0;

  const start = (res: Response, go: () => void): void => {
    running += 1;
    res.once('close', () => {
      running -= 1;
      const [first] = waiting;
      first?.();
    });
    go();
  };

  return {
    refuse(_req, res, next) {
      if (present >= inHand) {
        throw new UnavailableError('too many requests at the same time: try again', { retryAfter: 1 });
      }
      present += 1;
      res.once('close', () => (present -= 1));
      next();
    },
    wait(_req, res, next) {
      if (res.closed) return; // the caller has gone while its request was read
      if (running < concurrency) return start(res, next);
      const turn = (): void => {
        waiting.delete(turn);
        start(res, next);
      };
      waiting.add(turn);
      res.once('close', () => waiting.delete(turn));
    },
  };
}
