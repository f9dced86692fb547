import type { Request, RequestHandler, Response } from 'express';

const working = new WeakMap<Response, Promise<unknown>>();

/**
 * Wraps the handler so that its work is known until it is done. The work may outlast the reply, for example when the
 * caller has gone.
 */
export function noteWork(handler: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const work: unknown = handler(req, res, next);
    if (work instanceof Promise) working.set(res, work);
    return work;
  };
}

/**
 * Whether the caller has gone, so that a reply would have no reader. For pipelined requests only the socket tells this
 * at once.
 */
export function hasGone(req: Request, res: Response): boolean {
  return res.closed || req.socket.destroyed;
}

/** Calls back when the route has finished its work for this reply; at once when there is none. */
export function onceDone(res: Response, callback: () => void): void {
  const work = working.get(res);
  if (work) work.then(callback, callback);
  else callback();
}
