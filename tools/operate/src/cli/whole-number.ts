import { InvalidArgumentError } from 'commander';

/** For an option that counts, from `least` on. @throws InvalidArgumentError, which commander tells the caller */
export function wholeNumber(least = 0): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
  };
}
