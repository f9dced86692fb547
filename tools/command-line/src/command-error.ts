/** Ends a command with a message for the person who called it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** @param exitCode 1: the answer is no; 2: there is no answer */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message);
  }
}
