/**
 * Simultaneous requests of this process for one ticket. While one of them asks the database, the others wait for its
 * result: if it wins, they have lost. They use only a win of another request. If the other did not win, or no longer
 * holds its win, each asks the database itself.
 */
export class Races<T> {
  private readonly running = new Map<string, Promise<boolean>>();

  /**
   * @param holds whether the result of a request is still a win; an order whose reply was lost may have ended meanwhile
   */
  constructor(private readonly holds: (got: T) => boolean) {}

  /** Returns what `reserve` returns, or undefined when an earlier request has won. @throws what `reserve` throws */
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
