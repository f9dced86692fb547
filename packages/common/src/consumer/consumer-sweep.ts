import type { Connection } from 'mongoose';
import { databaseNow } from '../mongo/database';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { type Decoded, decodeEvent, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { Repeating } from '../runtime/repeating';
import { messageFacts } from '../tracing/event-facts';
import type { Count, InOrder } from './apply-in-order';
import type { ConsumerStores } from './consumer-stores';
import type { DeadLetter } from './failures/dead-letters';
import type { MessageHandler } from './handle-message';
import { type AnyListener, keyOf } from './listener';
import type { WorkQueue } from './work-queue';

/** At most this many parked events and redriven letters are looked at in one sweep; the rest wait for the next. */
const PAGE = 200;
/** Redriven letters that are under way at the same time: one whose key is busy does not keep the others waiting. */
const LETTERS_AT_ONCE = 8;

interface SweptChannel {
  readonly listener: AnyListener;
  readonly inOrder: InOrder | undefined;
  readonly handler: MessageHandler;
}

export interface ConsumerSweepOptions {
  readonly connection: Connection;
  readonly queueGroup: string;
  readonly stores: ConsumerStores;
  readonly gapPatienceMs: number;
  readonly sweepMs: number;
  /** What failed in a sweep is tried again after this long (ms), like a message that was not acked. */
  readonly retryAfterMs: number;
  readonly channels: ReadonlyMap<Subject, SweptChannel>;
  readonly logger: Logger;
  readonly count: Count;
  /** Does a task when nothing else with the key is under way; resolves with undefined when that took too long. */
  readonly inTurn: WorkQueue['inTurn'];
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

async function sweepParked(options: ConsumerSweepOptions): Promise<void> {
  const { stores, connection, channels, gapPatienceMs, inTurn } = options;
  const learn = stores.parkedHere.sweeping();
  const events = await stores.parked.oldest([...channels.keys()], PAGE);
  learn(events, events.length < PAGE);
  if (events.length === 0) return;
  const now = (await databaseNow(connection)).getTime();
  const [overdue, busy] = [new Set<string>(), new Set<string>()];
  for (const event of events) {
    const inOrder = channels.get(event.subject)?.inOrder;
    if (!inOrder) continue;
    const waitedMs = now - event.parkedAt.getTime();
    // One skip per aggregate and sweep, by its lowest version: what follows without a gap is applied along with it.
    const settled = busy.has(event.aggregateId)
      ? undefined
      : await inTurn(event.aggregateId, () => inOrder.settle(event));
    if (settled === undefined) busy.add(event.aggregateId);
    if (settled !== false) continue;
    if (waitedMs < gapPatienceMs || overdue.has(event.aggregateId)) continue;
    overdue.add(event.aggregateId);
    const lowest = events
      .filter(({ aggregateId }) => aggregateId === event.aggregateId)
      .reduce((low, other) => (other.version < low.version ? other : low));
    await inTurn(event.aggregateId, () => inOrder.skipTo(lowest, waitedMs));
  }
}

/** Each letter by itself: one that cannot be handled now does not keep the others waiting. */
async function sweepRedriven(options: ConsumerSweepOptions, attempt: Attempt): Promise<void> {
  const { stores, channels, queueGroup, inTurn } = options;
  const due = { group: queueGroup, state: 'redriven' as const, notBefore: { $not: { $gt: new Date() } } };
  const letters = (await stores.deadLetters.list(due, PAGE)).values();
  const redriveInTurn = async () => {
    for (const letter of letters) {
      const channel = channels.get(letter.channel as Subject);
      if (!channel) continue;
      const decoded = decodeEvent(channel.listener.subject, letter);
      const key = keyOf(channel.listener, decoded) ?? letter._id;
      await attempt(`dead letter ${letter._id}`, async () => {
        await inTurn(key, () => redrive(options, channel.handler, letter, decoded));
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LETTERS_AT_ONCE }, redriveInTurn));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
}

async function redrive(
  { stores, logger, count, retryAfterMs }: ConsumerSweepOptions,
  handler: MessageHandler,
  letter: DeadLetter,
  decoded: Decoded<Subject>,
): Promise<void> {
  const { group, channel, sequence, storedAt, payload } = letter;
  const outcome = await handler({ origin: { group, channel, sequence, storedAt }, payload, decoded });
  count(channel as Subject, outcome);
  logger.info({ id: letter._id, ...messageFacts(letter), outcome }, 'redrove a dead letter');
  if (outcome === 'failed' || outcome === 'postponed') await stores.deadLetters.postpone(letter._id, retryAfterMs);
  // Failed maxAttempts times it is dead again.
  else if (outcome !== 'dead-lettered') await stores.deadLetters.drop(letter._id);
}
