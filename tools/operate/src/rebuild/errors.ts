import { StartError } from '@ticketing/common';
import type { Missing } from './history-account';

/** A rebuild was refused. Nothing was changed; the message says what to do. */
export class RebuildRefusedError extends StartError {}

/** The channels do not hold the whole history. */
export class IncompleteHistoryError extends RebuildRefusedError {
  constructor(readonly missing: Missing) {
    super(
      `${describe(missing)}. Have the owner re-emit its state (its re-emit command), then say so with --re-emitted`,
    );
  }
}

/** The present replica has something that the history lacks, and that the swap would remove. */
export class ReplicaAheadError extends RebuildRefusedError {
  constructor(readonly aggregates: readonly string[]) {
    const some = aggregates.slice(0, 5).join(', ');
    super(
      `the present replica has ${aggregates.length} aggregates, or newer versions of them, that the history does not have ` +
        `(${some}${aggregates.length > 5 ? ', ...' : ''}). Have the owner re-emit its state; or force it, if these are not real`,
    );
  }
}

/** Another process rebuilds this replica, or has done so meanwhile. */
export class RebuildingError extends RebuildRefusedError {
  constructor(collection: string) {
    super(`another process is rebuilding ${collection}: wait for it; one that was killed is forgotten after 30 s`);
  }
}

/** The fresh collection differs from what was read from the channels. */
export class FreshCollectionError extends RebuildRefusedError {
  constructor(readonly stale: number) {
    super(
      `the fresh replica is not what was read: ${stale} aggregates are at another version; nothing was changed: start the rebuild again`,
    );
  }
}

/** The rebuilt replica is in place, but it may lack the latest events: run the rebuild again. */
export class NotCaughtUpError extends StartError {
  constructor(cause: unknown) {
    super(
      `the replica was swapped in, but may lack what came last, because ${String(cause)}: start the rebuild again`,
      {
        cause,
      },
    );
  }
}

function describe(missing: Missing): string {
  switch (missing.kind) {
    case 'beginning':
      return 'the broker has dropped the beginning of the history';
    case 'snapshots':
      return 'the broker has dropped the beginning of the history, and no whole re-emission is in what it has';
    case 'base':
      return `the history of ${missing.aggregates} aggregates begins neither with version 0 nor with a snapshot of their owner`;
  }
}
