import { type ReplicaDocument, sleep, waitingIn } from '@ticketing/common';
import { type Connection, Types } from 'mongoose';
import type { LedgerEntry, TicketCopy } from './history';
import type { EventKey, PriceEvent } from './story';

/** How to write. */
export interface WriteOptions {
  /** The basis of the new price. Absent when the event's whole state, its own price, is written. */
  readonly basedOn?: TicketCopy;
  /** Writes only if the copy matches this at the moment of the write. Without it, always. */
  readonly onlyIf?: object;
}

/** The consumers' copies of the tickets, for one member. Each write is one atomic write of one document. */
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
    await this.copies.insertMany(
      ids.map((id) => ({ _id: new Types.ObjectId(id), version: -1, price: 0, occurredAt: '', ledger: [] })),
    );
  }

  async read(id: string): Promise<TicketCopy> {
    const copy = await this.copies.findOne({ _id: new Types.ObjectId(id) });
    if (!copy) throw new Error(`there is no ticket ${id}`);
    return { ...copy, _id: id };
  }

  /** Sets price and version, and notes the write in the ledger. Returns whether it wrote. */
  async write(event: PriceEvent, price: number, { basedOn, onlyIf }: WriteOptions = {}): Promise<boolean> {
    await this.handling(event);
    const { matchedCount } = await this.copies.updateOne(
      { _id: new Types.ObjectId(event.id), ...onlyIf },
      {
        $set: { version: event.version, price, occurredAt: event.meta.occurredAt },
        $push: { ledger: this.entry(event, basedOn) },
      },
    );
    return matchedCount > 0;
  }

  /** Waits as long as this member takes to handle the event. */
  async handling(event: EventKey): Promise<void> {
    const ms = this.handlingMs(event);
    if (ms > 0) await sleep(ms);
  }

  /** The entry of the ledger for a write by this member, now. */
  entry({ version }: EventKey, basedOn?: TicketCopy): LedgerEntry {
    return { version, ...(basedOn && { basedOn: basedOn.ledger.length }), member: this.member, at: this.now() };
  }

  async all(): Promise<TicketCopy[]> {
    return (await this.copies.find().toArray()).map((copy) => ({ ...copy, _id: String(copy._id) }));
  }

  /** Events in the copies that wait for their predecessor. */
  async parked(): Promise<EventKey[]> {
    const waiting = await waitingIn(this.connection.collection<ReplicaDocument>('tickets')).toArray();
    return waiting.flatMap(({ _id, parked }) => parked.map(({ version }) => ({ id: String(_id), version })));
  }

  private get copies() {
    return this.connection.collection<Omit<TicketCopy, '_id'>>('tickets');
  }
}
