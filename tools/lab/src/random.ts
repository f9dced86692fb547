/** Random choices that are the same for the same seed. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** The same things in another order. */
  shuffle<T>(things: readonly T[]): T[];
  hex(digits: number): string;
}

/** @param seed any whole number; its lower 32 bits count */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: small, and even enough for choosing faults
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    int,
    shuffle(things) {
      const keyed = things.map((thing) => ({ thing, key: next() }));
      return keyed.sort((one, other) => one.key - other.key).map(({ thing }) => thing);
    },
    hex: (digits) => Array.from({ length: digits }, () => int(0, 15).toString(16)).join(''),
  };
}
