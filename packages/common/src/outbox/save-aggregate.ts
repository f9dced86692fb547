import { isDatabaseUnavailable, isDiskFull } from '../mongo/database-errors';
import { DATABASE_WAITS } from '../runtime/policies';
import { sleep, within } from '../runtime/retry';
import { WriteUnknownError } from './errors';
import { notifySaved, type OwnedDocument, type OwnedModel } from './owned-aggregate';

const { lostReplyMs, lostReplyEveryMs } = DATABASE_WAITS;

/**
 * Saves an aggregate with its recorded event. When the reply of the write is lost, looks whether it happened before an
 * error is answered. Returns the saved document: use it instead of the one that was given.
 * @throws VersionError (mongoose) when somebody else saved first; WriteUnknownError when it cannot be found out
 */
export async function saveAggregate<T>(document: OwnedDocument<T>): Promise<OwnedDocument<T>> {
  const lastSavedEventId = document.lastEventId;
  try {
    await document.save();
    return document;
  } catch (error) {
    const eventId = document.lastEventId;
    const notTried = eventId === undefined || eventId === lastSavedEventId;
    // A full disk is an answer: the write was refused.
    if (!isDatabaseUnavailable(error) || isDiskFull(error) || notTried) throw error;
    const found = await find(document as OwnedDocument);
    if (!found || !hasRecorded(found, eventId)) throw new WriteUnknownError(String(document._id), error);
    notifySaved(found);
    return found as OwnedDocument<T>;
  }
}

/** Null when it is not there, or when that cannot be found out in time: also when a look gets no answer. */
function find(document: OwnedDocument): Promise<OwnedDocument | null> {
  return within(lostReplyMs, lookFor(document, AbortSignal.timeout(lostReplyMs)), null);
}

async function lookFor(document: OwnedDocument, over: AbortSignal): Promise<OwnedDocument | null> {
  const model = document.constructor as unknown as OwnedModel;
  for (; !over.aborted; await sleep(lostReplyEveryMs)) {
    try {
      return await model.findById(document._id).read('primary').readConcern('majority');
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
    }
  }
  return null;
}

/** True if the document has ever taken this event: as its last one, or as one that is still to be published. */
function hasRecorded(document: OwnedDocument, eventId: string): boolean {
  return document.lastEventId === eventId || document.outbox.some(({ id }) => id === eventId);
}
