import { type Logger, Repeating } from '@ticketing/common';
import { takeCharge, type TakeChargeOptions } from './take-charge';

/** At most this many in one sweep. */
const BATCH = 100;

export interface FinishChargesOptions extends TakeChargeOptions {
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Pause between two sweeps (ms). */
  readonly everyMs: number;
  /** A charge about which the provider was asked later than this ago (ms) is left to whoever asked. */
  readonly openForMs: number;
}

/**
 * Asks again about charges whose end is not known, because an answer did not come or a process died. Several processes
 * may do so at once: the provider takes the money once. The one that waits longest is first, so none keeps others waiting.
 */
export function finishCharges(options: FinishChargesOptions): Repeating {
  const { charges, clock, logger, everyMs, openForMs } = options;
  let indexed: Promise<string> | undefined;
  const finish = async (stopping: AbortSignal) => {
    await (indexed ??= charges.createIndex({ askedAt: 1 }, { sparse: true, name: 'open_charges' }));
    const before = new Date(clock().getTime() - openForMs);
    const open = await charges.find({ askedAt: { $lte: before } }, { sort: { askedAt: 1 }, limit: BATCH }).toArray();
    for (const charge of open) {
      if (stopping.aborted) return;
      const still = { _id: charge._id, askedAt: { $lte: before } };
      const { matchedCount } = await charges.updateOne(still, { $set: { askedAt: clock() } });
      if (matchedCount === 0) continue; // it has ended, or another process asks
      await takeCharge(options, charge).catch((error: unknown) => {
        logger.warn({ err: error, orderId: charge._id }, 'a charge is not finished');
      });
    }
  };
  return new Repeating(
    (stopping) =>
      finish(stopping).catch((error: unknown) => {
        indexed = undefined;
        logger.warn({ err: error }, 'could not look for open charges: trying again');
      }),
    everyMs,
  );
}
