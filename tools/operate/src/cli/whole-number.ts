import { InvalidArgumentError } from 'commander';

/** For an option that counts. @throws InvalidArgumentError, which commander tells the caller */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
}
