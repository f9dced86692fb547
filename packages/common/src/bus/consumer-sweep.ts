import type { Connection } from 'mongoose';
import { databaseNow } from '../database';
import { isDatabaseUnavailable } from '../database-errors';
import type { Subject } from '../events/contracts';
import type { Logger } from '../logger';
import { Repeating } from '../repeating';
import type { InOrder, Outcome } from './apply-in-order';
import type { ConsumerStores } from './consumer-stores';
import { handleAgain, type MessageHandler } from './handle-message';

/** At most this many parked events and redriven letters are looked at in one sweep; the rest wait for the next. */
const PAGE = 200;

export interface ConsumerSweepOptions {
  readonly connection: Connection;
  readonly queueGroup: string;
  readonly stores: ConsumerStores;
  readonly gapPatienceMs: number;
  readonly sweepMs: number;
  readonly channels: ReadonlyMap<Subject, { readonly inOrder: InOrder | undefined; readonly handler: MessageHandler }>;
  readonly logger: Logger;
  readonly count: (subject: Subject, outcome: Outcome) => void;
  /** Also done in each sweep. */
  readonly also: () => Promise<void>;
  /** Called when the database turns out to be unavailable. */
  readonly onOutage: () => void;
}

/**
 * Finds what nobody will come back for by itself: parked events whose turn came while a process died, gaps whose patience is
 * over, and dead letters that somebody wants redriven. Safe in every member at once: each write is conditional.
 */
export function consumerSweep(options: ConsumerSweepOptions): Repeating {
  const sweep = async () => {
    try {
      await sweepParked(options);
      await sweepRedriven(options);
      await options.also();
    } catch (error) {
      if (isDatabaseUnavailable(error)) options.onOutage();
      else options.logger.error({ err: error }, 'the sweep of parked events and dead letters failed');
    }
  };
  return new Repeating(sweep, options.sweepMs);
}

async function sweepParked({ stores, connection, channels, gapPatienceMs }: ConsumerSweepOptions): Promise<void> {
  const events = await stores.parked.oldest(PAGE);
  if (events.length === 0) return;
  const now = (await databaseNow(connection)).getTime();
  const overdue = new Set<string>();
  for (const event of events) {
    const inOrder = channels.get(event.subject)?.inOrder;
    if (!inOrder) continue;
    const waitedMs = now - event.parkedAt.getTime();
    // One skip per aggregate and sweep, by its lowest version: what follows without a gap is applied along with it.
    if (await inOrder.settle(event)) continue;
    if (waitedMs < gapPatienceMs || overdue.has(event.aggregateId)) continue;
    overdue.add(event.aggregateId);
    const lowest = events
      .filter(({ aggregateId }) => aggregateId === event.aggregateId)
      .reduce((low, other) => (other.version < low.version ? other : low));
    await inOrder.skipTo(lowest, waitedMs);
  }
}

async function sweepRedriven(options: ConsumerSweepOptions): Promise<void> {
  const { stores, channels, queueGroup, logger, count } = options;
  const letters = await stores.deadLetters.list({ group: queueGroup, state: 'redriven' }, PAGE);
  for (const letter of letters) {
    const subject = letter.channel as Subject;
    const handler = channels.get(subject)?.handler;
    if (!handler) continue;
    const { group, channel, sequence, storedAt } = letter;
    const outcome = await handleAgain(handler, subject, { group, channel, sequence, storedAt }, letter.payload);
    count(subject, outcome);
    logger.info({ id: letter._id, outcome }, 'redrove a dead letter');
    // 'failed' stays redriven and is tried again until it has failed maxDeliveries times; then it is dead again.
    if (outcome !== 'failed' && outcome !== 'dead-lettered') await stores.deadLetters.drop(letter._id);
  }
}
