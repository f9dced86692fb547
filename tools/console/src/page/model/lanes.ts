import type { TicketRow } from './system';

/** `there`: that version is applied. `waiting`: it is parked. `missing`: it has not come. */
export type CellState = 'there' | 'waiting' | 'missing';

export interface Lanes {
  readonly versions: readonly number[];
  readonly owner: readonly CellState[];
  readonly replica: readonly CellState[];
  /** In a sentence, for whoever does not see the cells. */
  readonly words: string;
}

const SHOWN_VERSIONS = 8;

/** The newest versions of a ticket in its owner and in the replica, side by side. */
export function lanesOf({ version, replicaVersion, parked, outbox }: TicketRow): Lanes {
  const last = Math.max(version, replicaVersion ?? 0, ...parked);
  const first = Math.max(0, last - SHOWN_VERSIONS + 1);
  const versions = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  const owner = versions.map((each): CellState => (each <= version ? 'there' : 'missing'));
  const replica = versions.map((each): CellState => {
    if (parked.includes(each)) return 'waiting';
    return each <= (replicaVersion ?? -1) ? 'there' : 'missing';
  });
  const copy = replicaVersion === undefined ? 'the replica has none yet' : `the replica has version ${replicaVersion}`;
  const waits = parked.length > 0 ? `, ${parked.map((each) => `version ${each}`).join(' and ')} parked` : '';
  const unsent = outbox > 0 ? `; ${outbox} in the outbox` : '';
  return { versions, owner, replica, words: `The owner has version ${version}; ${copy}${waits}${unsent}.` };
}
