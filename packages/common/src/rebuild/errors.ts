import { StartError } from '../errors/start-error';
import type { Missing } from './history-account';

/** The channels do not hold the whole history: what was read is not enough. Nothing was changed. */
export class IncompleteHistoryError extends StartError {
  constructor(readonly missing: Missing) {
    super(`${describe(missing)}. Have the owner re-emit its state (its re-emit command), then rebuild with that said`);
  }
}

/** The present replica has what the history does not: it would be gone after the swap. Nothing was changed. */
export class ReplicaAheadError extends StartError {
  constructor(readonly aggregates: readonly string[]) {
    const some = aggregates.slice(0, 5).join(', ');
    super(
      `the present replica has ${aggregates.length} aggregates, or newer versions of them, that the history does not have ` +
        `(${some}${aggregates.length > 5 ? ', ...' : ''}). Have the owner re-emit its state; or force it, if these are not real`,
    );
  }
}

/** Another process rebuilds this replica. Nothing was changed. */
export class RebuildingError extends StartError {
  constructor(collection: string) {
    super(`another process is rebuilding ${collection}: wait for it; one that was killed is forgotten after 30 s`);
  }
}

function describe(missing: Missing): string {
  switch (missing.kind) {
    case 'beginning':
      return 'the broker has dropped the beginning of the history';
    case 'snapshots':
      return 'the broker has dropped the beginning of the history, and no re-emission is in what it has';
    case 'base':
      return `the history of ${missing.aggregates} aggregates begins neither with version 0 nor with a snapshot of their owner`;
  }
}
