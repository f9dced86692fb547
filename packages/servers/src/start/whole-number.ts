import { InvalidArgumentError } from 'commander';

/**
 * For an option of a command line that counts: reads a whole number from `min` to `max`.
 * @throws InvalidArgumentError, which commander tells the caller with the name of the option
 */
export function wholeNumber(min = 0, max = 999_999_999): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
