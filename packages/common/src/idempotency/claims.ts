import { type Connection, Types } from 'mongoose';
import { DURABLY } from '../mongo/durable';
import { upsert } from '../mongo/upsert';

/** mongod removes a claim this long after its end (s), because its clock and that of a service differ. */
const LATER_S = 3_600;
/** How long a key is kept after its first request (ms). */
export const KEPT_MS = 24 * 3600 * 1_000;

/** What the first request with a key chose: the aggregate that it makes, whether or not that exists yet. */
export interface Claim {
  /** Identifies caller, route and key. */
  _id: string;
  aggregateId: Types.ObjectId;
  /** A digest of the body. */
  body: string;
  expiresAt: Date;
}

export type Claims = ReturnType<typeof claimStore>;

/** The claims of one database. */
export function claimStore(connection: Connection) {
  const claims = () => connection.collection<Claim>('idempotency_keys');
  return {
    /**
     * The claim with this id: the first one within 24 h, or else a new one. When this resolves, the claim and all
     * earlier writes survive a failover, because even a write that changes nothing waits for the majority
     * (mongodb/mongo, jstests/replsets/noop_writes_wait_for_write_concern.js).
     */
    async take(_id: string, body: string, now: Date): Promise<Claim & { readonly isNew: boolean }> {
      const mine = { aggregateId: new Types.ObjectId(), body, expiresAt: new Date(now.getTime() + KEPT_MS) };
      for (;;) {
        const options = { upsert: true, returnDocument: 'after' as const, ...DURABLY };
        const claim = await upsert(() => claims().findOneAndUpdate({ _id }, { $setOnInsert: mine }, options));
        if (claim && claim.expiresAt > now) return { ...claim, isNew: claim.aggregateId.equals(mine.aggregateId) };
        // It is over and not removed yet, unless another request has replaced it meanwhile.
        if (claim) await claims().deleteOne({ _id, aggregateId: claim.aggregateId }, DURABLY);
      }
    },

    /** For mongod, which removes claims that are over. On the substitute a claim stays until its key is sent again. */
    async createIndexes(): Promise<void> {
      await claims().createIndex({ expiresAt: 1 }, { expireAfterSeconds: LATER_S });
    },
  };
}
