import type { Types } from 'mongoose';

/** Beyond this many tickets the oldest are forgotten; for them the database is asked, as for any other. */
const MOST = 10_000;

/** The latest order of each ticket that this process has seen. It is a hint where to look first, not an answer. */
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
