import type { RequestHandler } from 'express';
import { InvalidInputError } from '../../errors/kinds';

/** Refuses an address (path and query) whose `%` escapes are not UTF-8, because it would be read as another address. */
export const requireDecodableAddress: RequestHandler = (req, _res, next) => {
  try {
    decodeURIComponent(req.url);
  } catch (error) {
    const message =
      'the address is not UTF-8 in % and two hex digits for each byte: encode it as encodeURIComponent does';
    throw new InvalidInputError([{ message }], { cause: error });
  }
  next();
};
