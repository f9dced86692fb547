import { inSpan, type Logger, Repeating, updateAggregate } from '@ticketing/common';
import { cancel } from './cancel-order';
import type { OrderFields, OrderModel } from './order';

/** At most this many orders are expired at a time; the next look follows at once when there were as many. */
const BATCH = 100;

export interface ExpireOrdersOptions {
  readonly Order: OrderModel;
  readonly clock: () => Date;
  /** Pause between two looks (ms). */
  readonly everyMs: number;
  readonly logger: Logger;
}

/** As the query asks, looked at again in the version that is saved: meanwhile it may have been completed, or have more time. */
function isDue({ status, expiresAt }: OrderFields, now: Date): boolean {
  return status === 'created' && expiresAt <= now;
}

/**
 * Cancels what was not completed by `expiresAt`. Safe in many replicas at once: every cancel is a versioned save. With many
 * to expire it stops after the batch in hand.
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
