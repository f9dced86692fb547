/**
 * The program cannot start for a reason that an operator can remove; the message says how. It is printed without a
 * stack trace (lifecycle.ts).
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
