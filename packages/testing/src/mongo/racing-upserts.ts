import { mongo } from 'mongoose';
import { type HeldCommand, type MongoBetween, startMongoBetween } from './mongo-between';

type Document = mongo.BSON.Document;

/** Upserts of one document that come within this time (ms) race, unless a test says how many are to. */
const RACE_MS = 25;

export interface RacingUpserts extends MongoBetween {
  /**
   * The next race begins when so many upserts of one document have come, however long that takes: on a busy machine
   * the driver needs more than 25 ms for a connection.
   */
  nextOf(count: number): void;
  /** How many upserts have lost a race: they got a duplicate key and were not executed. */
  lost(): number;
}

/**
 * Lets upserts of one absent document race as they may on mongod; the substitute lets one wait for the other. All of
 * them look before one writes, so all miss. The first one inserts, and the others get a duplicate key, whatever their
 * filters would match by now. mongod repeats such an upsert by itself only for an equality on the unique key
 * (mongodb/mongo, src/mongo/db/query/write_ops/write_ops_exec.cpp, `shouldRetryDuplicateKeyException`); others may
 * never do.
 */
export async function startRacingUpserts(url: string): Promise<RacingUpserts> {
  const racing = new Map<string, { readonly commands: HeldCommand[]; readonly count: number | undefined }>();
  let next: number | undefined;
  let lost = 0;
  const race = async (key: string, [first, ...others]: readonly HeldCommand[]) => {
    racing.delete(key);
    const absent = first && (await isAbsent(first));
    first?.pass();
    for (const other of others) {
      if (!absent) other.pass();
      else {
        lost += 1;
        other.answer(duplicateKey(other));
      }
    }
  };
  const between = await startMongoBetween(url, (command) => {
    const upsert = upsertOf(command);
    if (upsert === undefined) return command.pass();
    const key = mongo.BSON.EJSON.stringify([command.database, command.collection, upsert['_id']]);
    const begun = racing.get(key);
    if (begun) {
      if (begun.commands.push(command) === begun.count) void race(key, begun.commands);
      return;
    }
    const [commands, count] = [[command], next];
    racing.set(key, { commands, count });
    next = undefined;
    // When this process was held up, what has arrived meanwhile is read after the timer: it races, too.
    if (count === undefined) setTimeout(() => setImmediate(() => void race(key, commands)), RACE_MS);
  });
  return { ...between, lost: () => lost, nextOf: (count) => void (next = count) };
}

/** What an upsert of one document by its id looks for. */
function upsertOf({ name, operations, body, queries: [query] }: HeldCommand): Document | undefined {
  const [update] = (body['updates'] ?? []) as { upsert?: boolean }[];
  const upserts = name === 'findAndModify' ? body['upsert'] === true : operations === 1 && update?.upsert === true;
  return upserts && query && '_id' in query.filter ? query.filter : undefined;
}

async function isAbsent(command: HeldCommand): Promise<boolean> {
  const {
    collection,
    queries: [query],
  } = command;
  const { cursor } = await command.ask({
    find: collection,
    filter: { _id: query?.filter['_id'] as unknown },
    limit: 1,
  });
  return (cursor as { firstBatch: unknown[] }).firstBatch.length === 0;
}

/** As mongod says it, to an update and to a findAndModify. */
function duplicateKey({ name, database, collection, queries: [query] }: HeldCommand): Document {
  const keyValue = { _id: query?.filter['_id'] as unknown };
  const errmsg = `E11000 duplicate key error collection: ${database}.${collection} index: _id_ dup key: ${mongo.BSON.EJSON.stringify(keyValue)}`;
  const error = { code: 11000, errmsg, keyPattern: { _id: 1 }, keyValue };
  if (name === 'update') return { n: 0, nModified: 0, writeErrors: [{ index: 0, ...error }], ok: 1 };
  return { ok: 0, codeName: 'DuplicateKey', ...error };
}
