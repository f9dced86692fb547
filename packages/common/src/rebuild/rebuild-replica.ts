import type { Connection } from 'mongoose';
import type { Bus, Message } from '../bus/bus';
import { ChannelReader } from '../bus/channel-reader';
import type { Replica } from '../bus/ordering';
import { isDatabaseUnavailable } from '../database-errors';
import { type AnyEvent, decodeEvent, type Subject } from '../events/contracts';
import { Lease } from '../lease';
import { Repeating } from '../repeating';
import { retryWithBackOff } from '../retry';
import { IncompleteHistoryError, RebuildingError, ReplicaAheadError } from './errors';
import { HistoryAccount } from './history-account';
import { SwitchedReplica } from './switched-replica';

/** A rebuild that died is forgotten after this long (ms). */
const LEASE_MS = 30_000;
/** For servers that are away (ms). */
const BACK_OFF = { firstMs: 100, maxMs: 2_000 };

interface Present {
  readonly _id: unknown;
  readonly version: number;
}

export type RebuildStep = 'reading' | 'swapping' | 'catching up';

export interface RebuildOptions {
  readonly bus: Bus;
  readonly connection: Connection;
  /** The replica's collection: a document per aggregate, with its id as `_id` and its `version`. */
  readonly collection: string;
  readonly subjects: readonly Subject[];
  /** The replica kept in a collection of this name, its indexes included. */
  readonly replicaIn: (collection: string) => Replica<AnyEvent>;
  /** The owner has re-emitted everything into these channels: take its snapshots for the beginning that was dropped. */
  readonly reEmitted?: boolean;
  /** Also when the present replica has aggregates, or versions, that the history has not: they will be gone. */
  readonly force?: boolean;
  /** Called, and waited for, as each step begins. */
  readonly onStep?: (step: RebuildStep) => void | Promise<void>;
  /** Called as messages are handled, with how many were. */
  readonly onProgress?: (handled: number) => void;
}

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
 * rebuild goes on. Both write by version, so it does not matter who is first.
 * @throws IncompleteHistoryError, ReplicaAheadError, RebuildingError, or what a server said: then nothing was changed. After
 * the swap it waits for servers that are away; a process that is killed there must be started again.
 */
export async function rebuildReplica(options: RebuildOptions): Promise<Rebuilt> {
  const { connection, collection } = options;
  const lease = new Lease(connection, `rebuild-${collection}`, LEASE_MS);
  if (!(await lease.acquire())) throw new RebuildingError(collection);
  const keeping = new Repeating(async () => void (await lease.acquire().catch(() => false)), LEASE_MS / 3);
  keeping.start();
  try {
    return await rebuild(options, lease);
  } finally {
    await keeping.stop();
    await lease.release();
  }
}

async function rebuild(options: RebuildOptions, lease: Lease): Promise<Rebuilt> {
  const { bus, connection, collection, subjects, onProgress, onStep } = options;
  const fresh = `${collection}_rebuild`;
  await dropIfThere(connection, fresh); // of a rebuild that died
  await connection.createCollection(fresh);
  await onStep?.('reading');

  const account = new HistoryAccount();
  const replica = new SwitchedReplica(options.replicaIn, fresh);
  const read = (subject: Subject) => async (message: Message) => {
    const decoded = decodeEvent(subject, message.payload);
    if (!decoded.ok) account.unreadable += 1;
    else {
      const { event } = decoded;
      const isFinal = (error: unknown) => !isDatabaseUnavailable(error);
      await retryWithBackOff(() => replica.write(event), { ...BACK_OFF, isFinal });
      account.add(event);
    }
    onProgress?.(account.events + account.unreadable);
  };
  const readers = subjects.map((subject) => new ChannelReader({ bus, channel: subject, handle: read(subject) }));
  const caughtUp = () => Promise.all(readers.map((reader) => reader.caughtUp()));
  let swapped = false;
  try {
    await caughtUp();
    await mustBeWhole(options, account);
    await onStep?.('swapping');
    await caughtUp(); // so that the replica lags as little as can be when it is swapped in
    await mustLoseNothing(options, account, caughtUp);
    if (!(await lease.acquire())) throw new RebuildingError(collection);
    await replica.switchTo(collection, async () => {
      await connection.collection(fresh).rename(collection, { dropTarget: true });
      swapped = true;
    });
    await onStep?.('catching up');
    await retryWithBackOff(caughtUp, { ...BACK_OFF, isFinal: () => readers.some(({ failed }) => failed) });
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
    if (!swapped) await dropIfThere(connection, fresh);
  }
  return { aggregates: account.aggregates, events: account.events, unreadable: account.unreadable };
}

/** @throws IncompleteHistoryError */
async function mustBeWhole(
  { bus, subjects, reEmitted = false }: RebuildOptions,
  account: HistoryAccount,
): Promise<void> {
  const oldest = await Promise.all(subjects.map((subject) => bus.oldest(subject)));
  const missing = account.missing(
    oldest.every((first) => (first?.sequence ?? 1) === 1),
    reEmitted,
  );
  if (missing) throw new IncompleteHistoryError(missing);
}

/** @throws ReplicaAheadError */
async function mustLoseNothing(
  { connection, collection, force = false }: RebuildOptions,
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

/** MongoDB before 7.0 refuses to drop what is not there. */
async function dropIfThere(connection: Connection, collection: string): Promise<void> {
  const there = (await connection.listCollections()).some(({ name }) => name === collection);
  if (there) await connection.dropCollection(collection);
}
