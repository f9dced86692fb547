import { AppError, type AppErrorOptions, type Problem } from './app-error';

/** The input breaks its schema: one entry per problem. */
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

/** The caller has to say who is calling first. */
export class NotSignedInError extends AppError {
  readonly kind = 'not-signed-in';

  constructor(message = 'sign in first: send a valid token', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The caller is known and may not do this. */
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

/** The request is fine and the present state does not allow it. */
export class ConflictError extends AppError {
  readonly kind = 'conflict';
}

/** The caller asked for a change of a version that is not the present one. */
export class PreconditionFailedError extends AppError {
  readonly kind = 'precondition-failed';

  constructor(message = 'it was changed meanwhile: read it again and repeat your change', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** The body comes in a form that is not read here. */
export class UnsupportedMediaError extends AppError {
  readonly kind = 'unsupported-media';
}

/** The Idempotency-Key names another request than this one. */
export class KeyReusedError extends AppError {
  readonly kind = 'key-reused';

  constructor() {
    super('this key was sent with another body before: take a new key for a new request', { field: 'Idempotency-Key' });
  }
}

/** The caller asks more often than is allowed. The reply's Retry-After, set by who counts, says when it may again. */
export class TooManyRequestsError extends AppError {
  readonly kind = 'too-many-requests';

  constructor(message = 'too many requests: wait for the time that Retry-After says', options?: AppErrorOptions) {
    super(message, options);
  }
}

/** It cannot be done now and may succeed later, unchanged. */
export class UnavailableError extends AppError {
  readonly kind = 'unavailable';
  /** When a retry makes sense, in seconds. */
  readonly retryAfter: number;

  constructor(message: string, options: AppErrorOptions & { readonly retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter ?? 5;
  }
}

/** There is more to do than a process takes on. */
export class BusyError extends UnavailableError {}
