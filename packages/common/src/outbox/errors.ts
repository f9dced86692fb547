import { UnavailableError } from '../errors/kinds';

/** A save or write that would break "one save, one event, one version": a programming error. Nothing was changed. */
export class OutboxRuleError extends Error {
  override readonly name = 'OutboxRuleError';
}

/** Too many events of this aggregate wait for the broker, so it accepts no more writes now. Nothing was changed. */
export class OutboxFullError extends UnavailableError {
  constructor(
    readonly aggregateId: string,
    readonly pending: number,
  ) {
    super(`${pending} changes of ${aggregateId} wait to be published: try again when the broker has taken them`);
  }
}

/** The reply of a write was lost, and it is unknown whether the write happened. */
export class WriteUnknownError extends UnavailableError {
  constructor(
    readonly aggregateId: string,
    cause: unknown,
  ) {
    super(
      'the reply of the database was lost: look whether your change is there before you repeat it; under an Idempotency-Key just repeat it',
      { cause },
    );
  }
}
