import { isDatabaseUnavailable, isDiskFull } from '../mongo/database-errors';
import { DATABASE_WAITS } from '../runtime/policies';
import { sleep, within } from '../runtime/retry';
import { WriteUnknownError } from './errors';
import { notifySaved, type OwnedDocument, type OwnedModel } from './owned-aggregate';

const { lostReplyMs, lostReplyEveryMs } = DATABASE_WAITS;

/**
 * Saves an aggregate with its recorded event. If the reply of the write is lost, it looks whether the write happened
 * before it throws. Returns the saved document: use it instead of the given one.
 * @throws VersionError (mongoose) when another save was first; WriteUnknownError when it cannot be found out
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

/** Null when the event is not there, or when that cannot be found out in time because a look gets no answer. */
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

/** Whether the document has recorded this event: as its last one, or as one that is not published yet. */
function hasRecorded(document: OwnedDocument, eventId: string): boolean {
  return document.lastEventId === eventId || document.outbox.some(({ id }) => id === eventId);
}
