import type { Types } from 'mongoose';

/** The oldest are forgotten beyond this many tickets; then the database is asked by its index, as for any other. */
const MOST = 10_000;

/** The latest order of a ticket that this process has seen. A hint where to look first, never an answer. */
export class KnownOrders {
  private readonly byTicket = new Map<string, Types.ObjectId | string>();

  get(ticketId: string): Types.ObjectId | string | undefined {
    return this.byTicket.get(ticketId);
  }

  note(ticketId: string, orderId: Types.ObjectId | string): void {
    this.byTicket.delete(ticketId);
    this.byTicket.set(ticketId, orderId);
    const [oldest] = this.byTicket.keys();
    if (this.byTicket.size > MOST && oldest !== undefined) this.byTicket.delete(oldest);
  }
}
