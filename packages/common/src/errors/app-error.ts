/** Every kind of error that a caller can get. http/error-handler.ts maps a kind to its HTTP status. */
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

/** One problem as the caller sees it; `field` is a path such as `price` or `items.0.id`. */
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
 * An error for the caller: its message says what to do, and nothing about internals. Any other thrown value is a fault
 * of the service.
 */
export abstract class AppError extends Error {
  abstract readonly kind: ErrorKind;
  readonly field: string | undefined;

  constructor(message: string, options: AppErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = new.target.name;
    this.field = options.field;
  }

  /** The entries of the reply: at least one. */
  problems(): readonly Problem[] {
    return [this.field === undefined ? { message: this.message } : { message: this.message, field: this.field }];
  }
}
