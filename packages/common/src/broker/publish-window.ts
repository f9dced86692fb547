/** Bounds the publishes that wait for their acks; the others wait their turn, in order. */
export class PublishWindow {
  private open = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  /**
   * Begins the publish when there is room, so its time limit does not run while it waits. @throws the publish's error
   */
  async run<T>(publish: () => Promise<T>): Promise<T> {
    if (this.open < this.size) this.open += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await publish();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.open -= 1;
    }
  }
}
