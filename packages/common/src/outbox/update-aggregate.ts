import type { Types } from 'mongoose';
import { ConflictError } from '../errors/kinds';
import type { Subject } from '../events/contracts';
import { UPDATE_TRIES } from '../runtime/policies';
import { sleep } from '../runtime/retry';
import type { OwnedDocument, OwnedModel } from './owned-aggregate';
import { saveAggregate } from './save-aggregate';

/**
 * Loads an aggregate, changes it, and saves it with the event that `change` names. If another save was first, it does
 * all of this again on the newer version. `change` may throw to refuse, or return undefined to leave the aggregate
 * unchanged. Returns the aggregate and whether it was saved, or undefined when there is none with this id.
 * @throws ConflictError after 30 lost races
 */
export async function updateAggregate<T>(
  model: OwnedModel<T>,
  id: string | Types.ObjectId,
  change: (document: OwnedDocument<T>) => Subject | undefined,
): Promise<{ document: OwnedDocument<T>; saved: boolean } | undefined> {
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
