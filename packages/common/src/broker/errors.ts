/** There is no connection to the broker now. The event stays in the outbox. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  /** @param engine its name for people */
  constructor(engine: string) {
    super(`not connected to ${engine}`);
  }
}

/** The broker did not answer. The request may or may not have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The broker has answered that it cannot do it now, as during an election. Others of its answers may be well. */
export class NotNowError extends NoAnswerError {}

/** The broker has refused the request, for example with "stan: too many channels" for a channel beyond its limit. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The broker answers, but does not deliver messages of the channel: its store hides them, or is damaged. */
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
