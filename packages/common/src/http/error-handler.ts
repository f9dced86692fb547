import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { isDatabaseUnavailable, isDiskFull } from '../mongo/database-errors';
import { AppError, type ErrorKind, type Problem } from '../errors/app-error';
import { BusyError, NotFoundError, UnavailableError } from '../errors/kinds';
import type { Logger } from '../runtime/logger';
import { traceIdOf } from './log-requests';

/** The one map from kind to status. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  'invalid-input': 400,
  'not-signed-in': 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'precondition-failed': 412,
  'unsupported-media': 415,
  'key-reused': 422,
  'too-many-requests': 429,
  unavailable: 503,
};

interface Reply {
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers 404 to a request that no route answered. Goes after all routes. */
export const unknownRoute: RequestHandler = (req) => {
  throw new NotFoundError(`there is no ${req.method} ${req.path} here`);
};

/**
 * Answers every error as JSON `{ errors: [{ message, field? }] }`. An error that is not for the caller becomes a 500
 * without details, and is logged as an error. Goes last.
 */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
  return (error: unknown, req, res, _next) => {
    const reply = replyTo(error);
    const facts = () => ({ err: error, method: req.method, path: req.path, traceId: traceIdOf(req) });
    if (reply.status === 500) logger.error(facts(), 'request failed by a fault of the service');
    if (reply.status === 503 && !(error instanceof BusyError)) logger.warn(facts(), 'request refused for now');
    if (res.headersSent) {
      // The reply has begun. Only a broken connection tells the caller that it is incomplete.
      res.destroy();
      return;
    }
    send(res, reply);
  };
}

function send(res: Response, { status, problems, headers = {} }: Reply): void {
  for (const stale of ['ETag', 'Link', 'Location', 'Content-Encoding']) res.removeHeader(stale);
  res.status(status).set(headers).json({ errors: problems });
}

function replyTo(error: unknown): Reply {
  if (error instanceof AppError) {
    return { status: STATUS[error.kind], problems: error.problems(), headers: headersFor(error) };
  }
  if (isDiskFull(error)) {
    return replyTo(new UnavailableError("the database's disk is full: nothing can be saved until it has space again"));
  }
  if (isDatabaseUnavailable(error)) {
    return replyTo(new UnavailableError('the database cannot be reached at the moment: try again in a few seconds'));
  }
  return replyToHttpError(error) ?? { status: 500, problems: [{ message: 'something went wrong on our side' }] };
}

function headersFor(error: AppError): Record<string, string> {
  if (error instanceof UnavailableError) return { 'Retry-After': String(error.retryAfter) };
  return error.kind === 'not-signed-in' ? { 'WWW-Authenticate': 'Bearer' } : {};
}

const BODY_MESSAGES: Readonly<Record<string, string>> = {
  'entity.too.large': 'the body is too large',
  'encoding.unsupported': 'the Content-Encoding of the body is not supported: send it as it is, or by gzip',
};

const NOT_UNPACKED = 'the body cannot be unpacked: it is not what its Content-Encoding says, or it is cut off';

/** Whether it is zlib's own error, which the body parser passes on: by gzip and deflate, by Brotli, or by Zstandard. */
function isUnpacking(error: Error): boolean {
  return 'code' in error && /^(Z_|ERR_|ZSTD_)/.test(String(error.code));
}

/** The answer to an error of Express or its body parser about an unreadable request; undefined for any other error. */
function replyToHttpError(error: unknown): Reply | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  const { status } = error;
  if (!('expose' in error) || error.expose !== true || status < 400 || status > 499) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  const message = BODY_MESSAGES[type] ?? (isUnpacking(error) ? NOT_UNPACKED : STATUS_CODES[status]) ?? 'bad request';
  return { status, problems: [{ message }] };
}
