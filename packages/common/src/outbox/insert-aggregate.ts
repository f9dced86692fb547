import type { Types } from 'mongoose';
import type { Subject } from '../events/contracts';
import { DURABLY } from '../mongo/durable';
import { newEntry, type Stored } from './entry';
import { notifySaved, type OwnedModel } from './owned-aggregate';
import { findWritten } from './save-aggregate';

/**
 * Inserts a new aggregate at version 0 with the event that tells it. What the schema says of its fields holds: defaults,
 * setters, casts, validation, timestamps. Hooks of `save` do not run: as in Mongoose's insertMany the document is
 * checked and then written by the driver, because a save takes more than twice the CPU time. If the reply of the write
 * is lost, it looks whether the write happened before it throws. Returns the aggregate as it is stored.
 * @throws ValidationError (mongoose), ContractError, the driver's error of a duplicate key; WriteUnknownError when it
 * cannot be found out
 */
export async function insertAggregate<T>(
  model: OwnedModel<T>,
  fields: Readonly<Partial<T>> & { readonly _id?: Types.ObjectId },
  subject: Subject,
): Promise<Stored<T>> {
  const document = new model(fields) as unknown as Checked<T>;
  document.initializeTimestamps?.();
  await document.validate();
  const checked = document.toBSON();
  const entry = newEntry(subject, model.state({ ...checked, version: 0 }, 0));
  const updatedAt = model.schema.path('updatedAt') && { updatedAt: entry.at }; // as in a save
  const aggregate = { ...checked, ...updatedAt, version: 0, outbox: [entry], lastEventId: entry.id };
  try {
    await model.collection.insertOne(aggregate, DURABLY);
  } catch (error) {
    const found = await findWritten(model as unknown as OwnedModel, { id: aggregate._id, eventId: entry.id, error });
    return found.toBSON() as unknown as Stored<T>;
  }
  notifySaved(model, aggregate);
  return aggregate;
}

/** What Mongoose's types do not say of a new document. */
interface Checked<T> {
  /** Only with the schema's option `timestamps`. */
  initializeTimestamps?(): void;
  validate(): Promise<void>;
  /** The plain document, for the driver. */
  toBSON(): Stored<T>;
}
