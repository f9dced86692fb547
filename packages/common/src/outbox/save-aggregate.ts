import type { Types } from 'mongoose';
import { isDatabaseUnavailable, isDiskFull } from '../mongo/database-errors';
import { DATABASE_WAITS } from '../runtime/policies';
import { sleep, within } from '../runtime/retry';
import { WriteUnknownError } from './errors';
import { notifySaved, type OwnedDocument, type OwnedModel } from './owned-aggregate';

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
    if (eventId === undefined || eventId === lastSavedEventId) throw error; // the write was not tried
    const { _id: id } = document as OwnedDocument;
    const found = await findWritten(document.constructor as unknown as OwnedModel, { id, eventId, error });
    return found as OwnedDocument<T>;
  }
}

/** A write that failed: of which aggregate, and the event that it recorded. */
export interface FailedWrite {
  readonly id: Types.ObjectId;
  readonly eventId: string;
  readonly error: unknown;
}

/**
 * Looks whether a write has happened although its reply was lost. Returns the aggregate as it is now if so.
 * @throws the error of the write when it is an answer of the database; WriteUnknownError when it cannot be found out
 */
export async function findWritten(model: OwnedModel, { id, eventId, error }: FailedWrite): Promise<OwnedDocument> {
  // A full disk is an answer: the write was refused.
  if (!isDatabaseUnavailable(error) || isDiskFull(error)) throw error;
  // Null when the event is not there, or when that cannot be found out in time because a look gets no answer.
  const { lostReplyMs } = DATABASE_WAITS;
  const found = await within(lostReplyMs, lookFor(model, id, AbortSignal.timeout(lostReplyMs)), null);
  if (!found || !hasRecorded(found, eventId)) throw new WriteUnknownError(String(id), error);
  notifySaved(model, found);
  return found;
}

async function lookFor(model: OwnedModel, id: Types.ObjectId, over: AbortSignal): Promise<OwnedDocument | null> {
  for (; !over.aborted; await sleep(DATABASE_WAITS.lostReplyEveryMs)) {
    try {
      return await model.findById(id).read('primary').readConcern('majority');
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
