import {
  type AggregateState,
  type Broker,
  decodeEvent,
  type Position,
  type StateStream,
  type Subject,
} from '@ticketing/common';
import { IncompleteHistoryError } from '../rebuild/errors';
import { handleAll } from '../rebuild/handle-all';
import { HistoryAccount } from '../rebuild/history-account';
import { completeStates } from './complete-states';

/** States that are put at the same time. */
const AT_ONCE = 256;
/** Of so many aggregates the newest event is kept in memory before it is put. */
const IN_MEMORY = 50_000;

export interface ProjectOptions {
  readonly broker: Broker;
  readonly states: StateStream;
  /** All subjects of one kind of aggregate. */
  readonly subjects: readonly Subject[];
  /** The owner has re-emitted everything into these channels: its snapshots stand for the lost beginning. */
  readonly reEmitted?: boolean;
  /** Called as events are read, with how many were. */
  readonly onProgress?: (read: number) => void;
}

export interface Projected {
  /** Whether it went on after an earlier one, instead of reading the whole history. */
  readonly continued: boolean;
  readonly events: number;
  /** Messages that break their contract. */
  readonly unreadable: number;
  /** States that were put. */
  readonly put: number;
  /** There are at least so many now. */
  readonly states: number;
}

/**
 * Brings the states up to the newest events, and says how far they reach. It goes on where an earlier one ended. Killed
 * at any time, or beside others, it does no harm: it says nothing before all is put, and what it puts twice is seen.
 * @throws IncompleteHistoryError when it must begin with the first event, and that is gone; like `Broker.readAll`
 */
export async function projectStates(options: ProjectOptions): Promise<Projected> {
  const { broker, states, subjects, reEmitted = false, onProgress } = options;
  const stream = await states.need();
  const complete = await completeStates(broker, states, subjects);
  const before = typeof complete === 'string' ? undefined : complete.reach;
  const account = new HistoryAccount();
  const newest = new Map<string, AggregateState>();
  const counts = { events: 0, unreadable: 0, first: 0, newer: 0, seen: 0 };
  const flush = async () => {
    await handleAll(newest.values(), AT_ONCE, async (state) => void (counts[await states.put(state)] += 1));
    newest.clear();
  };

  // What is trimmed later may lie after the last message of a quiet channel: so its position is that of the busiest one.
  const upTo = await states.newest();
  const positions: Record<string, Position | undefined> = {};
  for (const subject of subjects) {
    positions[subject] = upTo;
    for await (const message of broker.readAll(subject, { after: before?.positions[subject] })) {
      const { sequence, storedAt, store } = message;
      if (sequence > (upTo?.sequence ?? 0)) positions[subject] = { sequence, storedAt, ...(store && { store }) };
      const decoded = decodeEvent(subject, message);
      counts[decoded.ok ? 'events' : 'unreadable'] += 1;
      onProgress?.(counts.events + counts.unreadable);
      if (!decoded.ok) continue;
      const { id, version } = decoded.event;
      account.add(subject, sequence, decoded.event);
      if (version > (newest.get(id)?.version ?? -1)) newest.set(id, { ...message, id, version });
      if (newest.size >= IN_MEMORY) await flush();
    }
  }
  await flush();

  const cut = new Set<Subject>();
  for (const subject of subjects) if (await broker.lossSince(subject, before?.positions[subject])) cut.add(subject);
  const missing = before ? cut.size > 0 && ({ kind: 'beginning' } as const) : account.missing(cut, reEmitted);
  if (missing) throw new IncompleteHistoryError(missing);
  const known = before ? before.states + counts.first : account.aggregates;
  await states.reach({ positions, states: known, stream });
  const { events, unreadable, first, newer } = counts;
  return { continued: before !== undefined, events, unreadable, put: first + newer, states: known };
}
