import type { HydratedDocument, Model, Schema } from 'mongoose';
import { versionOCCPlugin } from 'mongoose-update-if-current/lib/version-occ-plugin.js';
import type { StateOf, Subject } from '../events/contracts';
import { OUTBOX } from '../runtime/policies';
import { newEntry, type OwnedFields, type OwnedMethods, type Pending, type Stored } from './entry';
import { OutboxFullError, OutboxRuleError } from './errors';

export type OwnedDocument<T = object> = HydratedDocument<T & OwnedFields, OwnedMethods>;
export type OwnedModel<T = object> = Model<T & OwnedFields, object, OwnedMethods> & OwnedAggregateOptions<T>;

/** An aggregate of any state, for code that uses only its version and outbox. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Mongoose's models are invariant in their fields
export type AnyOwnedModel = OwnedModel<any>;

export interface OwnedAggregateOptions<T> {
  /** The public state of the aggregate for the event, with the version that the save writes. */
  readonly state: (aggregate: Stored<T>, version: number) => StateOf<Subject>;
}

interface Recording {
  subjects: Subject[];
  /** A save was attempted. Its outcome decides whether the document in memory still equals the one in the database. */
  saving: boolean;
}

const recordings = new WeakMap<object, Recording>();
const savedCallbacks = new WeakMap<object, (saved: Pending) => void>();

/**
 * Sets the callback for each successful save of an aggregate of this model. One callback per model; it must not throw.
 */
export function onSaved(model: AnyOwnedModel, callback: (saved: Pending) => void): void {
  savedCallbacks.set(model, callback);
}

/** Calls the callback of the model after a save of this aggregate. */
export function notifySaved(model: object, saved: Pending): void {
  savedCallbacks.get(model)?.(saved);
}

/**
 * Makes a schema an owned aggregate: versioned by mongoose-update-if-current, with its outbox inside the document, so
 * that state, version and event are one atomic write. A save that records no event, or two, is refused. So is every
 * write around the save, because it would leave a hole in the sequence of versions.
 */
export function ownedAggregate<T>(schema: Schema, { state }: OwnedAggregateOptions<T>): void {
  schema.set('versionKey', 'version');
  schema.set('writeConcern', { w: 'majority', j: true });
  schema.set('optimisticConcurrency', false);
  schema.plugin(versionOCCPlugin);
  schema.add({ outbox: { type: ['Mixed'], default: [] }, lastEventId: { type: String } });
  // Sparse, so an empty outbox has no entry (mongodb/mongo, jstests/core, indext.js).
  schema.index({ 'outbox.at': 1 }, { sparse: true, name: 'outbox_pending' });

  schema.static('state', state); // for insertAggregate
  schema.method('record', function (subject: Subject) {
    recordingOf(this).subjects.push(subject);
  });

  schema.pre('save', function () {
    const document = this as unknown as OwnedDocument<T>;
    const recording = recordingOf(document);
    const id = String(document._id);
    if (recording.saving) throw new OutboxRuleError(`the save of ${id} failed before: load it again and start over`);
    const [subject, ...more] = recording.subjects;
    if (!subject || more.length > 0) {
      throw new OutboxRuleError(`a save of ${id} must record exactly one event, not ${recording.subjects.length}`);
    }
    if (document.outbox.length >= OUTBOX.maxPending) throw new OutboxFullError(id, document.outbox.length);
    const entry = newEntry(subject, state(document as Stored<T>, document.isNew ? 0 : document.version + 1));
    recording.saving = true;
    document.outbox.push(entry);
    document.lastEventId = entry.id;
    // The time of this version, even when its save changes nothing else. A re-emission since a time uses it.
    if (schema.path('updatedAt')) document.set('updatedAt', entry.at);
  });

  schema.post('save', function () {
    recordings.delete(this);
    notifySaved(this.constructor, this as unknown as OwnedDocument);
  });

  const refuse = (way: string) => () => {
    throw new OutboxRuleError(`${way} on an owned aggregate would write without an event: load it, record, save`);
  };
  for (const way of [
    ...(['updateOne', 'updateMany', 'replaceOne', 'findOneAndUpdate', 'findOneAndReplace'] as const),
    ...(['deleteOne', 'deleteMany', 'findOneAndDelete'] as const),
  ]) {
    schema.pre(way, { query: true, document: false }, refuse(way));
  }
  schema.pre('deleteOne', { query: false, document: true }, refuse('deleteOne'));
  schema.pre('updateOne', { query: false, document: true }, refuse('updateOne'));
  schema.pre('insertMany', refuse('insertMany'));
  schema.pre('bulkWrite', refuse('bulkWrite'));
}

function recordingOf(document: object): Recording {
  const known = recordings.get(document);
  if (known) return known;
  const fresh: Recording = { subjects: [], saving: false };
  recordings.set(document, fresh);
  return fresh;
}
