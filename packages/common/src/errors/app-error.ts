/** Every kind of error that a caller can be told about. The map from kind to HTTP status is in http/error-handler.ts. */
export type ErrorKind =
  | 'invalid-input'
  | 'not-signed-in'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition-failed'
  | 'unsupported-media'
  | 'key-reused'
  | 'too-many-requests'
  | 'unavailable';

/** One problem as the caller is told about it; `field` is a path such as `price` or `items.0.id`. */
export interface Problem {
  readonly message: string;
  readonly field?: string;
}

export interface AppErrorOptions {
  /** The input field that the error is about. */
  readonly field?: string;
  readonly cause?: unknown;
}

/**
 * An error that is meant for the caller: its message says what to do and nothing of the inside.
 * Everything thrown that is not an AppError is a fault of the service.
 */
export abstract class AppError extends Error {
  abstract readonly kind: ErrorKind;
  readonly field: string | undefined;

  constructor(message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.field = options.field;
  }

  /** What the caller is told: at least one entry. */
  problems(): readonly Problem[] {
    return [this.field === undefined ? { message: this.message } : { message: this.message, field: this.field }];
  }
}
