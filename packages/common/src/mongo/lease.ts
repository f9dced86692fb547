import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { upsert } from './upsert';

interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
}

/**
 * Lets one process at a time do something. Only saves work: two holders (clocks that differ) must do no harm.
 */
export class Lease {
  private readonly holder = randomUUID();

  constructor(
    private readonly connection: Connection,
    private readonly name: string,
    /** How long it is held after each `acquire` (ms). */
    private readonly forMs: number,
  ) {}

  /** Takes or prolongs it. Returns false while somebody else holds it. */
  async acquire(): Promise<boolean> {
    const now = Date.now();
    const free = { _id: this.name, $or: [{ holder: this.holder }, { until: { $lt: new Date(now) } }] };
    const mine = { $set: { holder: this.holder, until: new Date(now + this.forMs) } };
    const taken = { _id: this.name, holder: { $ne: this.holder }, until: { $gte: new Date(now) } };
    return upsert(
      () =>
        this.leases()
          .updateOne(free, mine, { upsert: true })
          .then(() => true),
      async () => ((await this.leases().findOne(taken)) ? false : undefined),
    );
  }

  /** Gives it up, if this process holds it. */
  async release(): Promise<void> {
    await this.leases().deleteOne({ _id: this.name, holder: this.holder });
  }

  private leases() {
    return this.connection.collection<LeaseDocument>('leases');
  }
}
