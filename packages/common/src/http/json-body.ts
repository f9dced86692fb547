import { parse } from 'content-type';
import express, { type RequestHandler } from 'express';
import { InvalidInputError, UnsupportedMediaError } from '../errors/kinds';
import { decodeUtf8, IllFormedTextError, parseJson } from '../events/well-formed';

/**
 * Reads a JSON body of at most `limit` (such as `100kb`, unpacked) into `req.body`, which stays undefined for an empty
 * body and for one of another type. The body must be UTF-8 (RFC 8259, section 8.1) and each text in it well-formed,
 * because anything else could not be stored and shown as it was sent. Another body gets 400, or 415 if it names another
 * charset.
 */
export function readJsonBody(limit: string): RequestHandler[] {
  return [refuseOtherCharsets, express.raw({ limit, type: 'application/json' }), readJson];
}

const refuseOtherCharsets: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  if (type === undefined || req.is('application/json') !== 'application/json') return next();
  const charset = parse(type).parameters['charset']?.toLowerCase() ?? '';
  if (['', 'utf-8', 'utf8'].includes(charset)) return next();
  throw new UnsupportedMediaError(`the charset ${charset} is not supported: send JSON in UTF-8`);
};

const readJson: RequestHandler = (req, _res, next) => {
  const sent: unknown = req.body;
  if (!Buffer.isBuffer(sent)) return next();
  req.body = sent.length === 0 ? undefined : jsonOf(sent);
  next();
};

function jsonOf(sent: Buffer): object {
  const text = decodeUtf8(sent);
  if (text === undefined) throw new InvalidInputError([{ message: 'the body is not UTF-8: send JSON in UTF-8' }]);
  const value = valueOf(text);
  if (typeof value === 'object' && value !== null) return value;
  throw new InvalidInputError([{ message: NOT_JSON }]);
}

const NOT_JSON = 'the body is not valid JSON: send one JSON object';

function valueOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const message = error instanceof IllFormedTextError ? error.message : NOT_JSON;
    throw new InvalidInputError([{ message }], { cause: error });
  }
}
