import { AppError, type AppErrorOptions, type Problem } from './app-error';

/** The input breaks its schema. One entry per problem. */
export class InvalidInputError extends AppError {
  readonly kind = 'invalid-input';

  constructor(
    /** At least one problem; a problem of the input as a whole has no `field`. */
    readonly fields: readonly Problem[],
    options?: AppErrorOptions,
  ) {
    super(fields.map(({ message }) => message).join('; '), options);
  }

  override problems(): readonly Problem[] {
    return this.fields;
  }
}

/** The caller must sign in first. */
export class NotSignedInError extends AppError {
  readonly kind = 'not-signed-in';

  constructor(message = 'sign in first: send a valid token', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The caller is signed in, and may not do this. */
export class ForbiddenError extends AppError {
  readonly kind = 'forbidden';

  constructor(message = 'this belongs to somebody else', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** What the caller named does not exist. */
export class NotFoundError extends AppError {
  readonly kind = 'not-found';

  constructor(message = 'not found', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The request is valid, but the present state does not allow it. */
export class ConflictError extends AppError {
  readonly kind = 'conflict';
}

/** The caller wants to change a version that is not the present one. */
export class PreconditionFailedError extends AppError {
  readonly kind = 'precondition-failed';

  constructor(message = 'it was changed meanwhile: read it again and repeat your change', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The body has a form that the service does not read. */
export class UnsupportedMediaError extends AppError {
  readonly kind = 'unsupported-media';
}

/** The Idempotency-Key belongs to another request. */
export class KeyReusedError extends AppError {
  readonly kind = 'key-reused';

  constructor() {
    super('this key was sent with another body before: take a new key for a new request', { field: 'Idempotency-Key' });
  }
}

/** The caller is over the limit of requests. The limiter sets the reply's Retry-After, which says when to try again. */
export class TooManyRequestsError extends AppError {
  readonly kind = 'too-many-requests';

  constructor(message = 'too many requests: wait for the time that Retry-After says', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The request cannot succeed now; the same request may succeed later. */
export class UnavailableError extends AppError {
  readonly kind = 'unavailable';
  /** When a retry makes sense, in seconds. */
  readonly retryAfter: number;

  constructor(message: string, options: AppErrorOptions & { readonly retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter ?? 5;
  }
}

/** The process has more requests than it accepts. */
export class BusyError extends UnavailableError {}
