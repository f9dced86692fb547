import type { DeadLetter, ReplicaDocument } from '@ticketing/common';
import { factsOf, type ServiceName } from '@ticketing/services';
import type { Connection } from 'mongoose';

/** The data of a consumer group about one channel, in its service's database. */
export interface ConsumerFacts {
  readonly group: string;
  /** The latest message that a member had handled when it last stored its position; undefined before that. */
  readonly handledUpTo: number | undefined;
  readonly parked: number;
  /**
   * Messages whose handler failed at least once lately and that are no dead letters: handled since, or waiting for a
   * retry.
   */
  readonly failing: { readonly messages: number; readonly attempts: number };
  readonly deadLetters: { readonly dead: number; readonly redriven: number };
}

interface Keyed {
  /** `group|channel`, and more behind it. */
  readonly _id: string;
}

/** The data of this service's consumers about each channel. @param connection to its database */
export async function readConsumers(
  service: ServiceName,
  connection: Connection,
): Promise<ReadonlyMap<string, readonly ConsumerFacts[]>> {
  const { waitingIn } = await import('@ticketing/common');
  const replicas = Object.keys(factsOf(service).replicas);
  const all = <T extends Keyed>(name: string) =>
    connection.collection<T>(name).find().toArray() as unknown as Promise<T[]>;
  const [positions, failures, waiting, letters] = await Promise.all([
    all<Keyed & { sequence: number }>('channel_positions'),
    all<Keyed & { count: number }>('delivery_failures'),
    Promise.all(replicas.map((name) => waitingIn(connection.collection<ReplicaDocument>(name)).toArray())),
    all<DeadLetter>('dead_letters'),
  ]);
  const parked = waiting.flat().flatMap((document) => document.parked.map(({ from }) => from));
  const placeOf = ({ _id }: Keyed) => _id.split('|').slice(0, 2).join('|');
  const placeOfParked = ({ group, channel }: { group: string; channel: string }) => `${group}|${channel}`;
  const places = new Set([...[...positions, ...failures, ...letters].map(placeOf), ...parked.map(placeOfParked)]);
  const facts = [...places].sort().map((place) => {
    const [group = '', channel = ''] = place.split('|');
    const failing = failures.filter((failure) => placeOf(failure) === place);
    const dead = letters.filter((letter) => placeOf(letter) === place);
    const found: ConsumerFacts = {
      group,
      handledUpTo: positions.find((position) => placeOf(position) === place)?.sequence,
      parked: parked.filter((event) => placeOfParked(event) === place).length,
      failing: { messages: failing.length, attempts: failing.reduce((sum, { count }) => sum + count, 0) },
      deadLetters: {
        dead: dead.filter(({ state }) => state === 'dead').length,
        redriven: dead.filter(({ state }) => state === 'redriven').length,
      },
    };
    return { channel, found };
  });
  return new Map(
    facts.map(({ channel }) => [channel, facts.filter((one) => one.channel === channel).map((one) => one.found)]),
  );
}
