import {
  type AggregateState,
  type AnyEvent,
  type Broker,
  decodeEvent,
  isDatabaseUnavailable,
  Lease,
  NoAnswerError,
  NotConnectedError,
  type Position,
  Repeating,
  type Replica,
  retryWithBackOff,
  type StoredMessage,
  type Subject,
} from '@ticketing/common';
import type { Connection } from 'mongoose';
import { type Forgotten, readForgotten } from '../forget/forgotten';
import type { CompleteStates } from '../states/complete-states';
import {
  FreshCollectionError,
  IncompleteHistoryError,
  NotCaughtUpError,
  RebuildingError,
  ReplicaAheadError,
} from './errors';
import { type FreshCollection, freshCollection } from './fresh-collection';
import { handleAll } from './handle-all';
import { HistoryAccount } from './history-account';
import { inboxIn } from './inbox-in';
import { SwitchedReplica } from './switched-replica';

/** A dead rebuild is forgotten after this time (ms). */
const LEASE_MS = 30_000;
/** How long (ms) a write waits for a server that is away; and after the swap, when giving up would lose something. */
const WRITE_WITHIN_MS = 60_000;
const CATCH_UP_WITHIN_MS = 300_000;
/** How many events of each channel are written at the same time. */
const AT_ONCE = 256;

/** The steps: build the fresh collection, swap it in, and read the events that came meanwhile. */
export type RebuildStep = 'reading' | 'swapping' | 'catching up';

interface Present {
  readonly _id: unknown;
  readonly version: number;
  readonly ended?: boolean;
}

export interface RebuildOptions {
  readonly broker: Broker;
  readonly connection: Connection;
  readonly replica: Replica;
  /** Read instead of the history that they stand for; of the channels only what comes after them. */
  readonly states?: CompleteStates | undefined;
  /** The owner has re-emitted everything into these channels: use its snapshots instead of the lost beginning. */
  readonly reEmitted?: boolean;
  /**
   * Also when the present replica has aggregates, versions or parked events that the history lacks; they are dropped.
   */
  readonly force?: boolean;
  /** Called and awaited as each step begins. */
  readonly onStep?: (step: RebuildStep) => void | Promise<void>;
  /** Called as messages are handled, with how many were. */
  readonly onProgress?: (handled: number) => void;
}

/** What a rebuild has read. */
export interface Rebuilt {
  readonly aggregates: number;
  /** If it has read them instead of the history. */
  readonly states?: number;
  readonly events: number;
  /** Messages that break their contract; the consumer stores them as dead letters. */
  readonly unreadable: number;
}

/**
 * Rebuilds a replica from the history of its channels in a fresh collection, and swaps that in while the service runs.
 * Events that arrive meanwhile are not lost. The service goes on with the present replica until the swap. What it
 * applies there in the last moment is in the channel before the newest message as read after the swap, and the rebuild
 * reads up to that message. Both write by version, so their order does not matter. Parked events of the present replica
 * beyond what was read are parked in the fresh one as well.
 * @throws RebuildRefusedError, or a server's error (it waits up to a minute for one that is away); then nothing was
 * changed. NotCaughtUpError after the swap, when servers stay away for five minutes. A rebuild that is killed after the
 * swap must also be started again.
 */
export async function rebuildReplica(options: RebuildOptions): Promise<Rebuilt> {
  const { connection, replica } = options;
  const { collection } = replica;
  const lease = new Lease(connection, `rebuild-${collection}`, LEASE_MS);
  if (!(await lease.acquire())) throw new RebuildingError(collection);
  const keeping = new Repeating(async () => void (await lease.acquire().catch(() => false)), LEASE_MS / 3);
  keeping.start();
  try {
    return await rebuild(options, lease);
  } finally {
    await keeping.stop();
    await lease.release().catch(() => undefined); // it ends by itself
  }
}

async function rebuild(options: RebuildOptions, lease: Lease): Promise<Rebuilt> {
  const { broker, connection, states, onStep, force = false } = options;
  const { collection, subjects } = options.replica;
  const fresh = await freshCollection(connection, collection, patience);
  await onStep?.('reading');

  const account = new HistoryAccount();
  const forgotten = await readForgotten([connection]);
  const replica = new SwitchedReplica((name) => inboxIn(name, options), fresh.name);
  const { read, readState, counts } = reading(options, replica, account, forgotten);
  const reached = new Map<string, Position | undefined>(Object.entries(states?.reach.positions ?? {}));
  const caughtUp = () =>
    Promise.all(
      subjects.map(async (subject) => {
        const last = await handleAll(broker.readAll(subject, { after: reached.get(subject) }), AT_ONCE, read(subject));
        if (last) reached.set(subject, last);
      }),
    );
  let swapped = false;
  try {
    if (states) await handleAll(states.read(), AT_ONCE, readState);
    await caughtUp();
    await mustBeWhole(options, account);
    await onStep?.('swapping');
    await caughtUp(); // so that the replica lags as little as possible when it is swapped in
    await mustLoseNothing(options, account, forgotten, caughtUp);
    await replica.switchTo(collection, async () => {
      // A process that takes the lease drops the collections of others. Then this one may be incomplete.
      if (!(await lease.acquire())) throw new RebuildingError(collection);
      await mustBeAsRead(fresh, account, collection);
      if (!force) await fresh.takeParked((id) => account.versionOf(id));
      await fresh.replace();
      swapped = true;
    });
    await onStep?.('catching up');
    await retryWithBackOff(caughtUp, patience(CATCH_UP_WITHIN_MS, isFinalOfBroker)).catch((error: unknown) => {
      throw new NotCaughtUpError(error);
    });
  } finally {
    if (!swapped) await fresh.drop();
  }
  return { aggregates: account.aggregates, ...counts };
}

/** @param isFinal whether waiting does not help against the error */
function patience(withinMs = WRITE_WITHIN_MS, isFinal = (error: unknown) => !isDatabaseUnavailable(error)) {
  const until = Date.now() + withinMs;
  return { firstMs: 100, maxMs: 2_000, isFinal: (error: unknown) => isFinal(error) || Date.now() > until };
}

function isFinalOfBroker(error: unknown): boolean {
  return !(error instanceof NotConnectedError || error instanceof NoAnswerError);
}

/** Handles the messages of the channels, and states: writes each to the replica, then records it. */
function reading(
  { states, onProgress }: RebuildOptions,
  replica: SwitchedReplica,
  account: HistoryAccount,
  forgotten: Forgotten,
) {
  const counts = { ...(states && { states: 0 }), events: 0, unreadable: 0 };
  const counted = new Map<Subject, number>();
  const count = (what: keyof typeof counts) => {
    counts[what] = (counts[what] ?? 0) + 1;
    onProgress?.(counts.events + counts.unreadable + (counts.states ?? 0));
  };
  const write = async (subject: Subject, event: AnyEvent, message: StoredMessage) => {
    if (forgotten.has(subject, message)) return;
    const { sequence, storedAt, payload } = message;
    const origin = { group: 'rebuild', channel: subject, sequence, storedAt };
    await retryWithBackOff(() => replica.write({ subject, event, origin, payload }), patience());
    account.add(subject, sequence, event);
  };
  const read = (subject: Subject) => async (message: StoredMessage & Position) => {
    const decoded = decodeEvent(subject, message);
    // They begin in the order of the channel. After a lost connection they come again, and are not counted again.
    if (message.sequence > (counted.get(subject) ?? 0)) {
      counted.set(subject, message.sequence);
      count(decoded.ok ? 'events' : 'unreadable');
    }
    if (decoded.ok) await write(subject, decoded.event, message);
  };
  const readState = async (state: AggregateState) => {
    const subject = state.channel as Subject;
    const decoded = decodeEvent(subject, state);
    count(decoded.ok ? 'states' : 'unreadable');
    if (!decoded.ok) return;
    // Its history begins before it, as with a snapshot of its owner.
    const { event } = decoded;
    await write(subject, { ...event, meta: { ...event.meta, snapshot: true } }, state);
  };
  return { read, readState, counts };
}

/** @throws IncompleteHistoryError */
async function mustBeWhole(
  { broker, replica, states, reEmitted = false }: RebuildOptions,
  account: HistoryAccount,
): Promise<void> {
  const cut = new Set<Subject>();
  for (const subject of replica.subjects) {
    if (await broker.lossSince(subject, states?.reach.positions[subject])) cut.add(subject);
  }
  const missing = account.missing(cut, reEmitted && !states);
  if (missing) throw new IncompleteHistoryError(missing);
}

/**
 * @throws RebuildingError when aggregates are missing: another rebuild has dropped the collection. FreshCollectionError when
 * one is not at the newest version that was read
 */
async function mustBeAsRead(fresh: FreshCollection, account: HistoryAccount, collection: string): Promise<void> {
  let [there, stale] = [0, 0];
  for await (const { _id, version } of fresh.documents()) {
    there += 1;
    if (version !== account.versionOf(String(_id))) stale += 1;
  }
  if (there !== account.aggregates) throw new RebuildingError(collection);
  if (stale > 0) throw new FreshCollectionError(stale);
}

/** @throws ReplicaAheadError */
async function mustLoseNothing(
  { connection, replica: { collection }, force = false }: RebuildOptions,
  account: HistoryAccount,
  forgotten: Forgotten,
  caughtUp: () => Promise<unknown>,
): Promise<void> {
  if (force) return;
  const isAhead = ({ _id, version, ended }: Present) =>
    version > (account.versionOf(String(_id)) ?? -1) && !(ended && forgotten.isAbout(String(_id)));
  const ahead: Present[] = [];
  for await (const document of connection
    .collection<Present>(collection)
    .find({}, { projection: { version: 1, ended: 1 } })) {
    if (isAhead(document)) ahead.push(document);
  }
  if (ahead.length === 0) return;
  await caughtUp(); // the service may have been faster with the latest events
  const stillAhead = ahead.filter(isAhead).map(({ _id }) => String(_id));
  if (stillAhead.length > 0) throw new ReplicaAheadError(stillAhead);
}
