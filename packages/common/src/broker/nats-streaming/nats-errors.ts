/** The server has said nothing: what it was asked may or may not have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The server has answered that it does not do it, such as "stan: too many channels" for a channel beyond its limit. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
