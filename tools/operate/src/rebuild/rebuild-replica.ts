import {
  type Broker,
  createLogger,
  databaseNow,
  decodeEvent,
  Inbox,
  isDatabaseUnavailable,
  Lease,
  NoAnswerError,
  NotConnectedError,
  type Position,
  Repeating,
  type Replica,
  type ReplicaDocument,
  retryWithBackOff,
  type StoredMessage,
  type Subject,
} from '@ticketing/common';
import type { Connection } from 'mongoose';
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
import { SwitchedReplica } from './switched-replica';

/** A rebuild that died is forgotten after this long (ms). */
const LEASE_MS = 30_000;
/** A server that is away is waited for (ms) by a write; and after the swap, when giving up would lose something. */
const WRITE_WITHIN_MS = 60_000;
const CATCH_UP_WITHIN_MS = 300_000;
/** Events that are written at the same time, of each channel. */
const AT_ONCE = 256;

/** What is being done: building the fresh collection, putting it in place, and reading on to what came meanwhile. */
export type RebuildStep = 'reading' | 'swapping' | 'catching up';

interface Present {
  readonly _id: unknown;
  readonly version: number;
}

export interface RebuildOptions {
  readonly bus: Broker;
  readonly connection: Connection;
  readonly replica: Replica;
  /** The owner has re-emitted everything into these channels: take its snapshots for the beginning that was dropped. */
  readonly reEmitted?: boolean;
  /** Also when the present replica has aggregates, versions or parked events that the history has not: they will be gone. */
  readonly force?: boolean;
  /** Called, and waited for, as each step begins. */
  readonly onStep?: (step: RebuildStep) => void | Promise<void>;
  /** Called as messages are handled, with how many were. */
  readonly onProgress?: (handled: number) => void;
}

/** What a rebuild has read. */
export interface Rebuilt {
  readonly aggregates: number;
  readonly events: number;
  /** Messages that break their contract; the consumer has them as dead letters. */
  readonly unreadable: number;
}

/**
 * Builds a replica anew from the history of its channels, in a fresh collection, and swaps that in while the service runs.
 * Nothing that arrives meanwhile is lost: the service goes on with the present replica until the swap, and what it applied
 * to that one in the last moment is in the channel before the newest message as read after the swap, and up to there the
 * rebuild goes on. Both write by version, so it does not matter who is first. What waits in the present replica beyond what
 * was read waits in the fresh one.
 * @throws RebuildRefusedError, or what a server said (one that is away is waited for up to a minute): nothing was changed.
 * NotCaughtUpError after the swap, when servers stay away for five minutes. A process that is killed after the swap must be
 * started again, too.
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
  const { bus, connection, onStep, force = false } = options;
  const { collection, subjects } = options.replica;
  const fresh = await freshCollection(connection, collection, patience);
  await onStep?.('reading');

  const account = new HistoryAccount();
  const replica = new SwitchedReplica((name) => inboxIn(name, options), fresh.name);
  const { read, counts } = reading(options, replica, account);
  const reached = new Map<Subject, Position>();
  const caughtUp = () =>
    Promise.all(
      subjects.map(async (subject) => {
        const last = await handleAll(bus.readAll(subject, { after: reached.get(subject) }), AT_ONCE, read(subject));
        if (last) reached.set(subject, last);
      }),
    );
  let swapped = false;
  try {
    await caughtUp();
    await mustBeWhole(options, account);
    await onStep?.('swapping');
    await caughtUp(); // so that the replica lags as little as can be when it is swapped in
    await mustLoseNothing(options, account, caughtUp);
    await replica.switchTo(collection, async () => {
      // Whoever takes the lease drops what is left of others: then this is not all that was written.
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

/** What it finds parked after the swap, and cannot apply, is left to the service, which keeps account of failures. */
function inboxIn(collection: string, { connection, replica }: RebuildOptions): Inbox {
  return new Inbox({
    ...{ replica, documents: connection.collection<ReplicaDocument>(collection), retryAfterMs: 0 },
    databaseNow: () => databaseNow(connection),
    failures: {
      handle(_origin, _payload, error) {
        if (isDatabaseUnavailable(error)) throw error;
        return Promise.resolve('failed');
      },
    },
    logger: createLogger({ name: 'rebuild', level: 'silent' }),
    count: () => undefined,
  });
}

/** @param isFinal whether the error is one that waiting does not mend */
function patience(withinMs = WRITE_WITHIN_MS, isFinal = (error: unknown) => !isDatabaseUnavailable(error)) {
  const until = Date.now() + withinMs;
  return { firstMs: 100, maxMs: 2_000, isFinal: (error: unknown) => isFinal(error) || Date.now() > until };
}

function isFinalOfBroker(error: unknown): boolean {
  return !(error instanceof NotConnectedError || error instanceof NoAnswerError);
}

/** Handles what the channels deliver: writes it to the replica, then notes it in the account. */
function reading({ onProgress }: RebuildOptions, replica: SwitchedReplica, account: HistoryAccount) {
  const counts = { events: 0, unreadable: 0 };
  const counted = new Map<Subject, number>();
  const read = (subject: Subject) => async (message: StoredMessage & Position) => {
    const decoded = decodeEvent(subject, message);
    // They begin in the order of the channel; after a lost connection they come again, and are not counted again.
    if (message.sequence > (counted.get(subject) ?? 0)) {
      counted.set(subject, message.sequence);
      counts[decoded.ok ? 'events' : 'unreadable'] += 1;
      onProgress?.(counts.events + counts.unreadable);
    }
    if (!decoded.ok) return;
    const { sequence, storedAt, payload } = message;
    const origin = { group: 'rebuild', channel: subject, sequence, storedAt };
    await retryWithBackOff(() => replica.write({ subject, event: decoded.event, origin, payload }), patience());
    account.add(subject, message.sequence, decoded.event);
  };
  return { read, counts };
}

/** @throws IncompleteHistoryError */
async function mustBeWhole(
  { bus, replica, reEmitted = false }: RebuildOptions,
  account: HistoryAccount,
): Promise<void> {
  const cut = new Set<Subject>();
  for (const subject of replica.subjects) if (await bus.lossSince(subject, undefined)) cut.add(subject);
  const missing = account.missing(cut, reEmitted);
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
  caughtUp: () => Promise<unknown>,
): Promise<void> {
  if (force) return;
  const isAhead = ({ _id, version }: Present) => version > (account.versionOf(String(_id)) ?? -1);
  const ahead: Present[] = [];
  for await (const document of connection.collection<Present>(collection).find({}, { projection: { version: 1 } })) {
    if (isAhead(document)) ahead.push(document);
  }
  if (ahead.length === 0) return;
  await caughtUp(); // the service may have been quicker with what came just now
  const stillAhead = ahead.filter(isAhead).map(({ _id }) => String(_id));
  if (stillAhead.length > 0) throw new ReplicaAheadError(stillAhead);
}
