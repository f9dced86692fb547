import type { Request, Response } from 'express';

/** Sets `Link: <path?limit&cursor>; rel="next"`: the address of the page after `next.cursor`. */
export function setNextLink(
  req: Request,
  res: Response,
  next: { readonly limit: number; readonly cursor: string },
): void {
  const query = new URLSearchParams({ limit: String(next.limit), cursor: next.cursor });
  res.set('Link', `<${req.baseUrl}${req.path}?${query.toString()}>; rel="next"`);
}
