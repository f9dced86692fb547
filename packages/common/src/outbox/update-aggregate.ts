import type { Types } from 'mongoose';
import { ConflictError } from '../errors/kinds';
import type { Subject } from '../events/contracts';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { UPDATE_TRIES, UPDATE_TURNS } from '../runtime/policies';
import { sleep } from '../runtime/retry';
import { Turns } from '../runtime/turns';
import type { OwnedDocument, OwnedModel } from './owned-aggregate';
import { saveAggregate } from './save-aggregate';

const turns = new Turns({ ...UPDATE_TURNS, endsTurns: isDatabaseUnavailable });

type Change<T> = (document: OwnedDocument<T>) => Subject | undefined;
type Updated<T> = { document: OwnedDocument<T>; saved: boolean } | undefined;

/**
 * Loads an aggregate, changes it, and saves it with the event that `change` names. If another save was first, it does
 * all of this again on the newer version. That save is most likely in another process, because updates of one aggregate
 * take turns within a process. `change` may throw to refuse, or return undefined to leave the aggregate unchanged.
 * Returns the aggregate and whether it was saved, or undefined when there is none with this id.
 * @throws ConflictError after 30 lost races
 */
export function updateAggregate<T>(
  model: OwnedModel<T>,
  id: string | Types.ObjectId,
  change: Change<T>,
): Promise<Updated<T>> {
  const key = `${model.db.id} ${model.modelName} ${String(id)}`;
  return turns.take(key, () => update(model, id, change));
}

async function update<T>(model: OwnedModel<T>, id: string | Types.ObjectId, change: Change<T>): Promise<Updated<T>> {
  for (let attempt = 1; attempt <= UPDATE_TRIES; attempt += 1) {
    // By majority, because "nothing to do" leads to an ack, or to a promise in a reply.
    const document = (await model.findById(id).readConcern('majority')) as OwnedDocument<T> | null;
    if (!document) return undefined;
    const subject = change(document);
    if (!subject) return { document, saved: false };
    document.record(subject);
    try {
      return { document: await saveAggregate(document), saved: true };
    } catch (error) {
      if (!isVersionConflict(error)) throw error;
      await sleep(Math.random() * Math.min(50, 2 * attempt));
    }
  }
  throw new ConflictError('many others are changing it: try again');
}

/** The error of a save that found another version than it was made from. */
export function isVersionConflict(error: unknown): boolean {
  return error instanceof Error && (error.name === 'VersionError' || error.name === 'DocumentNotFoundError');
}
