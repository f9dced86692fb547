import type { Connection } from 'mongoose';
import { sleep } from '@ticketing/common';
import type { LedgerEntry, TicketCopy } from './history';
import type { EventKey, PriceEvent } from './story';

/** How a write is to be made. */
export interface WriteOptions {
  /** What the new price was computed from. Absent when the event's own price, its whole state, is written. */
  readonly basedOn?: TicketCopy;
  /** Writes only if the copy is like this in the moment of the write. Absent: whatever it is. */
  readonly onlyIf?: object;
}

/** The consumers' copies of the tickets, as one member reaches them. Each write is one atomic write of one document. */
export class Tickets {
  constructor(
    private readonly connection: Connection,
    private readonly member: string,
    /** How long this member takes to handle an event, before it writes (ms). */
    private readonly handlingMs: (event: EventKey) => number,
    private readonly now: () => number,
  ) {}

  /** Every ticket is there from the start, as version -1, so that the first event needs no code of its own. */
  async prepare(ids: readonly string[]): Promise<void> {
    await this.copies.insertMany(ids.map((_id) => ({ _id, version: -1, price: 0, occurredAt: '', ledger: [] })));
  }

  async read(id: string): Promise<TicketCopy> {
    const copy = await this.copies.findOne({ _id: id });
    if (!copy) throw new Error(`there is no ticket ${id}`);
    return copy;
  }

  /** Sets price and version, and notes the write in the ledger. Returns whether it wrote. */
  async write(event: PriceEvent, price: number, { basedOn, onlyIf }: WriteOptions = {}): Promise<boolean> {
    const ms = this.handlingMs(event);
    if (ms > 0) await sleep(ms);
    const entry: LedgerEntry = {
      version: event.version,
      ...(basedOn && { basedOn: basedOn.ledger.length }),
      member: this.member,
      at: this.now(),
    };
    const { matchedCount } = await this.copies.updateOne(
      { _id: event.id, ...onlyIf },
      { $set: { version: event.version, price, occurredAt: event.meta.occurredAt }, $push: { ledger: entry } },
    );
    return matchedCount > 0;
  }

  all(): Promise<TicketCopy[]> {
    return this.copies.find().toArray();
  }

  private get copies() {
    return this.connection.collection<TicketCopy>('tickets');
  }
}
