/** Choices that are the same for the same seed. Not for secrets. */
export interface Random {
  /** At least `from`, less than `to`. */
  between(from: number, to: number): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** A whole number from 0 to n - 1. */
  below(n: number): number;
  /** True this often, of 1. */
  chance(probability: number): boolean;
  /** One of them. @throws Error when there is none */
  pick<T>(of: readonly T[]): T;
  /** The same items in another order. */
  shuffled<T>(of: readonly T[]): T[];
  hex(digits: number): string;
}

/** @param seed any whole number; its lower 32 bits count. By mulberry32: small, and even enough for tests and experiments */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    between: (from, to) => from + next() * (to - from),
    int: (min, max) => min + random.below(max - min + 1),
    below: (n) => Math.floor(next() * n),
    chance: (probability) => next() < probability,
    pick(of) {
      const [picked] = of.slice(random.below(of.length));
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    shuffled(of) {
      const keyed = of.map((item) => ({ item, key: next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
    hex: (digits) => Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join(''),
  };
  return random;
}
