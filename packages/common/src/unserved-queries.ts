import type { Connection } from 'mongoose';
import { type Index, servesQuery } from './serves-query';
import { type MongoCommand, shapeOf } from './wire-commands';

/** A query by its shape, such as `find orders: userId, _id $lt; sort _id -1`. */
interface NamedQuery {
  readonly name: string;
  readonly served: boolean;
}

/**
 * The recorded queries that no index of their collection serves, each shape once, sorted. An upsert, update or delete is
 * judged by what it looks for. @param connection to the database of the commands: its real indexes are asked for
 */
export async function unservedQueries(connection: Connection, commands: readonly MongoCommand[]): Promise<string[]> {
  const judged = await Promise.all(commands.map((command) => judge(connection, command)));
  const unserved = judged.flat().filter(({ served }) => !served);
  return [...new Set(unserved.map(({ name }) => name))].sort();
}

async function judge(connection: Connection, { name, collection, queries }: MongoCommand): Promise<NamedQuery[]> {
  if (queries.length === 0) return [];
  const indexes = await indexesOf(connection, collection);
  return queries.map((query) => {
    const sort = Object.entries(query.sort).map((key) => key.join(' '));
    return {
      name: `${name} ${collection}: ${shapeOf(query.filter)}${sort.length > 0 ? `; sort ${sort.join(', ')}` : ''}`,
      served: indexes.some((index) => servesQuery(index, query)),
    };
  });
}

async function indexesOf(connection: Connection, collection: string): Promise<Index[]> {
  const indexes = await connection.collection(collection).listIndexes().toArray();
  // The index of ids is unique, and is not told to be.
  return (indexes as (Index & { name: string })[]).map((index) =>
    index.name === '_id_' ? { ...index, unique: true } : index,
  );
}
