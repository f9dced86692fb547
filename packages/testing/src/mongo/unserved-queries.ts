import type { Connection } from 'mongoose';
import { type Index, servesQuery } from './serves-query';
import { type MongoCommand, shapeOf } from './wire-commands';

/** What a command looks for, by its shape, such as `find things: userId, _id $lt; sort _id -1`; one per operation. */
export function queryNames({ name, collection, queries }: MongoCommand): string[] {
  return queries.map(({ filter, sort }) => {
    const order = Object.entries(sort).map((key) => key.join(' '));
    return `${name} ${collection}: ${shapeOf(filter)}${order.length > 0 ? `; sort ${order.join(', ')}` : ''}`;
  });
}

/**
 * The recorded queries that no index of their collection serves, each shape once, sorted. An upsert, update or delete is
 * judged by what it looks for. @param connection to the database of the commands: its real indexes are asked for
 */
export async function unservedQueries(connection: Connection, commands: readonly MongoCommand[]): Promise<string[]> {
  const collections = commands.filter(({ queries }) => queries.length > 0).map(({ collection }) => collection);
  const indexes = new Map<string, Index[]>();
  for (const collection of new Set(collections)) indexes.set(collection, await indexesOf(connection, collection));
  const unserved = commands.flatMap((command) => {
    const names = queryNames(command);
    const served = (n: number) => {
      const query = command.queries[n];
      return query && indexes.get(command.collection)?.some((index) => servesQuery(index, query));
    };
    return names.filter((_, n) => !served(n));
  });
  return [...new Set(unserved)].sort();
}

/** Each collection has the index of ids, which is unique and not told to be; one that is not there yet will have it. */
const byId: Index = { key: { _id: 1 }, unique: true };

async function indexesOf(connection: Connection, collection: string): Promise<Index[]> {
  return [byId, ...((await connection.collection(collection).listIndexes().toArray()) as unknown as Index[])];
}
