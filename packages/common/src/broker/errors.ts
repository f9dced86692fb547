/** There is no connection to the broker now. What was to be published stays in the outbox. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  /** @param engine as people call it */
  constructor(engine: string) {
    super(`not connected to ${engine}`);
  }
}

/** The broker has said nothing: what it was asked may or may not have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The broker has answered that it does not do it, such as "stan: too many channels" for a channel beyond its limit. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The broker answers, and does not deliver messages that the channel has: its store hides them, or is damaged. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
  constructor(
    engine: string,
    channel: string,
    readonly from: number,
    readonly to: number,
  ) {
    super(
      `${engine} does not deliver the messages ${from} to ${to} of ${channel}: its store hides them, or is damaged. ` +
        'Give it an empty store, and have the owners re-emit (docs/runbook.md)',
    );
  }
}
