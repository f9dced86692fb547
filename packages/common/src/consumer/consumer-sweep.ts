import type { Connection } from 'mongoose';
import { databaseNow } from '../mongo/database';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { type Decoded, decodeEvent, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { Repeating } from '../runtime/repeating';
import { messageFacts } from '../tracing/event-facts';
import type { ConsumerStores } from './consumer-stores';
import type { DeadLetter } from './failures/dead-letters';
import type { HandledChannel, MessageHandler } from './handle-message';
import type { Inbox } from './inbox';
import { keyOf } from './listener';
import { originOf } from './origin';
import { type ReplicaDocuments, waitingIn } from './replica';
import { takeOver } from './take-over';
import type { Count } from './tell-outcome';
import type { WorkQueue } from './work-queue';

/** One sweep handles at most this many redriven letters; the rest wait for the next. */
const PAGE = 200;
/** How many sweeps pass between two take-overs of what an older release has parked. */
const TAKE_OVER_EACH = 10;
/** How many redriven letters are handled at the same time, so that one with a busy key does not delay the others. */
const LETTERS_AT_ONCE = 8;

/** A replica of the consumer. */
export interface SweptReplica {
  readonly subjects: readonly Subject[];
  readonly documents: ReplicaDocuments;
  readonly inbox: Inbox;
}

export interface ConsumerSweepOptions {
  readonly connection: Connection;
  readonly queueGroup: string;
  readonly stores: ConsumerStores;
  readonly gapPatienceMs: number;
  readonly sweepMs: number;
  /** An event that failed in a sweep is tried again after this time (ms), like an unacked message. */
  readonly retryAfterMs: number;
  readonly channels: ReadonlyMap<Subject, HandledChannel>;
  readonly replicas: readonly SweptReplica[];
  readonly logger: Logger;
  readonly count: Count;
  /** Runs a task when nothing else with the key runs; resolves with undefined when that takes too long. */
  readonly inTurn: WorkQueue['inTurn'];
  /** Called in each sweep. */
  readonly also: () => Promise<void>;
  /** Called when the database is unavailable. */
  readonly onOutage: () => void;
}

/** Tries a task and logs its failure, so that the next one has its turn. @throws when the database is unavailable */
type Attempt = (what: string, task: () => Promise<void>) => Promise<void>;

/**
 * Finds work that no message brings back: parked events whose turn came while a process died, gaps whose patience is
 * over, and redriven dead letters. Safe in every member at once, because each write is conditional.
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
  let sweeps = 0;
  const sweep = async (stopping: AbortSignal) => {
    try {
      if (sweeps % TAKE_OVER_EACH === 0)
        await attempt('events parked by an older version', () => takeOver(options, stopping));
      sweeps += 1;
      for (const replica of options.replicas) {
        await attempt('parked events', () => sweepParked(options, replica, stopping));
      }
      await attempt('redriven dead letters', () => sweepRedriven(options, attempt));
      await attempt('positions', options.also);
    } catch {
      options.onOutage();
    }
  };
  return new Repeating(sweep, options.sweepMs);
}

/**
 * Handles parked events that fit, or lie below the version, for longer than an ack wait, and events that wait too long.
 */
async function sweepParked(
  { connection, gapPatienceMs, retryAfterMs, inTurn }: ConsumerSweepOptions,
  { documents, inbox }: SweptReplica,
  stopping: AbortSignal,
): Promise<void> {
  let now: Date | undefined;
  for await (const { _id, version, parked } of waitingIn(documents)) {
    if (stopping.aborted) return;
    now ??= await databaseNow(connection);
    const waitedMs = now.getTime() - Math.min(...parked.map(({ at }) => at.getTime()));
    // Before an ack wait is over, the process that applied the predecessor is most likely about to apply the event.
    const fits = waitedMs >= retryAfterMs && parked.some((event) => event.version <= version + 1);
    if (!fits && waitedMs < gapPatienceMs) continue;
    const time = now;
    await inTurn(_id.toHexString(), () => inbox.sweep(_id, time, gapPatienceMs));
  }
}

/** Each letter by itself, so that one that cannot be handled now does not delay the others. */
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
  { stores, logger, count }: ConsumerSweepOptions,
  handler: MessageHandler,
  letter: DeadLetter,
  decoded: Decoded<Subject>,
): Promise<void> {
  const origin = originOf(letter.group, letter);
  const { outcome, retryAfterMs } = await handler({ origin, payload: letter.payload, decoded });
  count(letter.channel as Subject, outcome);
  logger.info({ id: letter._id, ...messageFacts(letter), outcome }, 'redrove a dead letter');
  if (outcome === 'failed' || outcome === 'postponed') await stores.deadLetters.postpone(letter._id, retryAfterMs);
  // After maxAttempts failures it is dead again.
  else if (outcome !== 'dead-lettered') await stores.deadLetters.drop(letter._id);
}
