import { inSpan, type Logger, Repeating, updateAggregate } from '@ticketing/common';
import { cancel } from './cancel-order';
import type { OrderFields, OrderModel } from './order';

/** At most this many orders expire in one sweep; after a full batch the next sweep follows at once. */
const BATCH = 100;

export interface ExpireOrdersOptions {
  readonly Order: OrderModel;
  readonly clock: () => Date;
  /** Pause between two sweeps (ms). */
  readonly everyMs: number;
  readonly logger: Logger;
}

/**
 * The condition of the query, checked again on the version to save: meanwhile the order may have been completed, or got
 * more time.
 */
function isDue({ status, expiresAt }: OrderFields, now: Date): boolean {
  return status === 'created' && expiresAt <= now;
}

/**
 * Cancels orders that were not completed by `expiresAt`. Safe in many replicas at once, because every cancel is a
 * versioned save. A stop ends it after the current batch.
 */
export function expireOrders({ Order, clock, everyMs, logger }: ExpireOrdersOptions): Repeating {
  const expireBatch = async (): Promise<number> => {
    const now = clock();
    const due = await Order.find({ status: 'created', expiresAt: { $lte: now } }, { _id: 1 }).limit(BATCH);
    const expireOne = ({ _id }: (typeof due)[number]) =>
      inSpan(
        () => ({ name: 'expire order', kind: 'INTERNAL', attributes: { 'ticketing.aggregate.id': String(_id) } }),
        () => updateAggregate(Order, _id, (order) => (isDue(order, now) ? cancel(order) : undefined)),
      );
    const results = await Promise.allSettled(due.map(expireOne));
    const failures = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    const expired = results.filter((result) => result.status === 'fulfilled' && result.value?.saved).length;
    if (expired > 0) logger.info({ orders: expired }, 'orders expired');
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} orders could not be expired`);
    return due.length;
  };
  const expire = async (stopping: AbortSignal) => {
    try {
      while ((await expireBatch()) === BATCH && !stopping.aborted);
    } catch (error) {
      logger.warn({ err: error }, 'could not expire orders: trying again');
    }
  };
  return new Repeating(expire, everyMs);
}
