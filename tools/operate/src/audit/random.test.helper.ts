/** Choices that a seed repeats. Set TEST_SEED to repeat those of a run that failed. */
export class Random {
  readonly seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 1_000_000));
  private state = this.seed;

  /** One of them. @throws when there is none */
  pick<T>(from: readonly T[]): T {
    const chosen = from[this.below(from.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  /** A whole number from 0 on; a linear congruential generator, whose high bits are good enough to choose by. */
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
}
