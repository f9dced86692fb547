import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { upsert } from './upsert';

interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
}

/**
 * Lets one process at a time do something. It only saves work: two holders at once (clocks differ) must be harmless.
 */
export class Lease {
  private readonly holder = randomUUID();

  constructor(
    private readonly connection: Connection,
    private readonly name: string,
    /** How long the lease lasts after each `acquire` (ms). */
    private readonly forMs: number,
  ) {}

  /** Takes or extends the lease. Returns false while another process holds it. */
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

  /** Releases the lease if this process holds it. */
  async release(): Promise<void> {
    await this.leases().deleteOne({ _id: this.name, holder: this.holder });
  }

  private leases() {
    return this.connection.collection<LeaseDocument>('leases');
  }
}
