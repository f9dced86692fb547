import { InvalidArgumentError } from 'commander';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As nanoseconds it still fits into the 64 bits of the protocol. */
const MAX_MS = 100_000 * UNIT_MS.d;

/** Reads a time such as `500ms`, `90s`, `10m`, `2h` or `1d` (ms). @throws InvalidArgumentError, told by commander */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError('It must be a time with its unit, such as 500ms, 90s, 10m, 2h, 1d.');
  const time = Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (time > MAX_MS) throw new InvalidArgumentError('It must not be longer than 100000d.');
  return time;
}
