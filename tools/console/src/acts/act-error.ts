/** An act cannot be done; the message tells the person at the page why. */
export class ActError extends Error {
  override readonly name = 'ActError';
}
