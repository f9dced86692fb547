import type { Connection } from 'mongoose';
import { databaseNow } from '../database';
import { isDatabaseUnavailable } from '../database-errors';
import type { Subject } from '../events/contracts';
import type { Logger } from '../logger';
import { Repeating } from '../repeating';
import { messageFacts } from '../tracing/event-facts';
import type { Count, InOrder } from './apply-in-order';
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
  /** What failed in a sweep is tried again after this long (ms), like a message that was not acked. */
  readonly retryAfterMs: number;
  readonly channels: ReadonlyMap<Subject, { readonly inOrder: InOrder | undefined; readonly handler: MessageHandler }>;
  readonly logger: Logger;
  readonly count: Count;
  /** Also done in each sweep. */
  readonly also: () => Promise<void>;
  /** Called when the database turns out to be unavailable. */
  readonly onOutage: () => void;
}

/** Tries a task and says when it fails, so that the next one has its turn. @throws when the database is unavailable */
type Attempt = (what: string, task: () => Promise<void>) => Promise<void>;

/**
 * Finds what nobody will come back for by itself: parked events whose turn came while a process died, gaps whose patience is
 * over, and dead letters that somebody wants redriven. Safe in every member at once: each write is conditional.
 */
export function consumerSweep(options: ConsumerSweepOptions): Repeating {
  const attempt: Attempt = async (what, task) => {
    try {
      await task();
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      options.logger.error({ err: error }, `the sweep of ${what} failed`);
    }
  };
  const sweep = async () => {
    try {
      await attempt('parked events', () => sweepParked(options));
      await attempt('redriven dead letters', () => sweepRedriven(options, attempt));
      await attempt('positions', options.also);
    } catch {
      options.onOutage();
    }
  };
  return new Repeating(sweep, options.sweepMs);
}

async function sweepParked({ stores, connection, channels, gapPatienceMs }: ConsumerSweepOptions): Promise<void> {
  const learn = stores.parkedHere.sweeping();
  const events = await stores.parked.oldest([...channels.keys()], PAGE);
  learn(events, events.length < PAGE);
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

/** Each letter by itself: one that cannot be handled now does not keep the others waiting. */
async function sweepRedriven(options: ConsumerSweepOptions, attempt: Attempt): Promise<void> {
  const { stores, channels, queueGroup, logger, count, retryAfterMs } = options;
  const due = { group: queueGroup, state: 'redriven' as const, notBefore: { $not: { $gt: new Date() } } };
  const letters = await stores.deadLetters.list(due, PAGE);
  for (const letter of letters) {
    const subject = letter.channel as Subject;
    const handler = channels.get(subject)?.handler;
    if (!handler) continue;
    const { group, channel, sequence, storedAt } = letter;
    await attempt(`dead letter ${letter._id}`, async () => {
      const outcome = await handleAgain(handler, subject, { group, channel, sequence, storedAt }, letter.payload);
      count(subject, outcome);
      logger.info({ id: letter._id, ...messageFacts(letter), outcome }, 'redrove a dead letter');
      if (outcome === 'failed') await stores.deadLetters.postpone(letter._id, retryAfterMs);
      // Failed maxDeliveries times it is dead again.
      else if (outcome !== 'dead-lettered') await stores.deadLetters.drop(letter._id);
    });
  }
}
