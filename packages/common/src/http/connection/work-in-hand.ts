import type { Request, RequestHandler, Response } from 'express';

const working = new WeakMap<Response, Promise<unknown>>();

/** The handler, with its work known until it is done: it may outlast the reply, as when its caller has gone. */
export function noteWork(handler: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const work: unknown = handler(req, res, next);
    if (work instanceof Promise) working.set(res, work);
    return work;
  };
}

/** Whether the caller has gone, so that nobody would read a reply. Of requests sent at once only the socket tells it at once. */
export function hasGone(req: Request, res: Response): boolean {
  return res.closed || req.socket.destroyed;
}

/** Calls back when the work that a route does for this reply is done; at once when there is none. */
export function onceDone(res: Response, callback: () => void): void {
  const work = working.get(res);
  if (work) work.then(callback, callback);
  else callback();
}
