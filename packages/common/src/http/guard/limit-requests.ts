import { context } from '@opentelemetry/api';
import type { RequestHandler, Response } from 'express';
import { BusyError } from '../../errors/kinds';
import { hasGone, onceDone } from '../connection/work-in-hand';

export interface RequestLimits {
  /** How many requests run at the same time; the others wait in the order of their arrival. */
  readonly concurrency: number;
  /** How many may be in flight, waiting ones included; more are shed, which means answered 503. */
  readonly inFlight: number;
}

/**
 * Bounds the requests that a process has at the same time, in two steps. `refuse` goes before a request is read, and
 * `wait` after its body, so that slow senders take no turn from others. A request is in flight until its reply is out
 * or its caller has gone. It keeps its turn until its work is done as well.
 */
export function limitRequests({ concurrency, inFlight }: RequestLimits): Record<'refuse' | 'wait', RequestHandler> {
  const waiting = new Set<() => void>();
  let present = 0;
  let running = 0;

  const startNext = (): void => {
    const [first] = waiting;
    first?.();
  };
  const end = (): void => {
    running -= 1;
    startNext();
  };
  const start = (res: Response, go: () => void): void => {
    running += 1;
    res.once('close', () => onceDone(res, end));
    go();
  };

  return {
    refuse(_req, res, next) {
      if (present >= inFlight) {
        throw new BusyError('too many requests at the same time: try again', { retryAfter: 1 });
      }
      present += 1;
      res.once('close', () => (present -= 1));
      next();
    },
    wait(req, res, next) {
      if (hasGone(req, res)) return; // while its request was read
      if (running < concurrency) return start(res, next);
      // Called where another request ends; continues in the trace of this one.
      const turn = context.bind(context.active(), (): void => {
        waiting.delete(turn);
        if (hasGone(req, res)) startNext();
        else start(res, next);
      });
      waiting.add(turn);
      res.once('close', () => waiting.delete(turn));
    },
  };
}
