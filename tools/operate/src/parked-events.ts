import { type ReplicaDocument, waitingIn } from '@ticketing/common';
import { factsOf, type ServiceName } from '@ticketing/services';
import type { Connection } from 'mongoose';

/** An early event, and what it waits for. */
export interface ParkedEvent {
  readonly aggregateId: string;
  readonly subject: string;
  readonly sequence: number;
  readonly version: number;
  /** By the database's clock. */
  readonly since: Date;
  /** In words. */
  readonly waitsFor: string;
  /** After a failure: when it is tried again. */
  readonly triedAgain?: Date;
}

/** The events that are parked in the replicas of a service, the longest waiting first. */
export async function parkedIn(keeper: ServiceName, connection: Connection): Promise<ParkedEvent[]> {
  const replicas = Object.keys(factsOf(keeper).replicas);
  const inEach = replicas.map((name) => waitingIn(connection.collection<ReplicaDocument>(name)).toArray());
  return (await Promise.all(inEach))
    .flat()
    .flatMap(({ _id, version: has, parked: events }) =>
      events.map(({ version, at, from, notBefore }, place) => ({
        ...{ aggregateId: String(_id), subject: from.channel, sequence: from.sequence, version, since: at },
        waitsFor: waitsFor({ version: events[place - 1]?.version ?? has, isParked: place > 0 }, version),
        ...(notBefore && { triedAgain: notBefore }),
      })),
    )
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}

/** @param before the version that comes before it: of what is parked, or else of the replica */
function waitsFor(before: { readonly version: number; readonly isParked: boolean }, version: number): string {
  const missing = version - before.version - 1;
  if (missing > 1) return `versions ${before.version + 1} to ${version - 1}`;
  if (missing === 1) return `version ${version - 1}`;
  return before.isParked ? `version ${before.version}, which is parked` : 'its turn';
}
