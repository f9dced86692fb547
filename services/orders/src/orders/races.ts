/**
 * Requests of this process for one ticket at the same time. While one of them is decided the others wait for it, instead of
 * asking the database what its answer tells them: if it wins, they have lost. Only that is taken from another; whoever waits
 * for one that did not win, or no longer holds what it won, finds out for itself.
 */
export class Races<T> {
  private readonly running = new Map<string, Promise<boolean>>();

  /** @param holds whether what a request got still is a win: one whose reply was lost may have ended meanwhile */
  constructor(private readonly holds: (got: T) => boolean) {}

  /** Gives what `reserve` does, or undefined when a request that was there before has won. @throws what `reserve` throws */
  async unlessWon(ticketId: string, reserve: () => Promise<T>): Promise<T | undefined> {
    const before = this.running.get(ticketId);
    if (before && (await before)) return undefined;
    const reserving = reserve();
    const won = reserving.then(this.holds, () => false);
    this.running.set(ticketId, won);
    try {
      return await reserving;
    } finally {
      if (this.running.get(ticketId) === won) this.running.delete(ticketId);
    }
  }
}
