/** Ends a command with a message for the person who called it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** @param exitCode 1: what was asked for is not so; 2: it could not be found out */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(message);
  }
}
