import { randomUUID } from 'node:crypto';
import type { HydratedDocument, Model, Schema } from 'mongoose';
import { versionOCCPlugin } from 'mongoose-update-if-current/lib/version-occ-plugin.js';
import { encodeEvent, type EventOf, type StateOf, type Subject } from '../events/contracts';
import { OUTBOX } from '../runtime/policies';
import { currentTraceparent } from '../tracing/tracing';
import type { OutboxEntry, OwnedFields, OwnedMethods } from './entry';
import { OutboxFullError, OutboxRuleError } from './errors';

export type OwnedDocument<T = object> = HydratedDocument<T & OwnedFields, OwnedMethods>;
export type OwnedModel<T = object> = Model<T & OwnedFields, object, OwnedMethods>;

/** An aggregate of any state, for code that uses only its version and outbox. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Mongoose's models are invariant in their fields
export type AnyOwnedModel = OwnedModel<any>;

export interface OwnedAggregateOptions<T> {
  /** The public state of the aggregate for the event, with the version that the save writes. */
  readonly state: (document: OwnedDocument<T>, version: number) => StateOf<Subject>;
}

interface Recording {
  subjects: Subject[];
  /** A save was attempted. Its outcome decides whether the document in memory still equals the one in the database. */
  saving: boolean;
}

const recordings = new WeakMap<object, Recording>();
const savedCallbacks = new WeakMap<object, (document: OwnedDocument) => void>();

/**
 * Sets the callback for each successful save of a document of this model. One callback per model; it must not throw.
 */
export function onSaved(model: AnyOwnedModel, callback: (document: OwnedDocument) => void): void {
  savedCallbacks.set(model, callback);
}

/** Calls the callback of the model after a save of this document. */
export function notifySaved(document: OwnedDocument): void {
  const model: object = document.constructor;
  savedCallbacks.get(model)?.(document);
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
    const entry = newEntry(subject, state(document, document.isNew ? 0 : document.version + 1));
    recording.saving = true;
    document.outbox.push(entry);
    document.lastEventId = entry.id;
    // The time of this version, even when its save changes nothing else. A re-emission since a time uses it.
    if (schema.path('updatedAt')) document.set('updatedAt', entry.at);
  });

  schema.post('save', function () {
    recordings.delete(this);
    notifySaved(this as unknown as OwnedDocument);
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

function newEntry(subject: Subject, state: StateOf<Subject>): OutboxEntry {
  const at = new Date();
  const traceparent = currentTraceparent();
  const meta = { id: randomUUID(), occurredAt: at.toISOString(), ...(traceparent !== undefined && { traceparent }) };
  // A state that breaks the contract is refused here, before anything is written. The event is stored as the JSON that
  // is published: the database would turn an undefined optional field into null, which a publisher may not send.
  const event = JSON.parse(encodeEvent(subject, { ...state, meta })) as EventOf<Subject>;
  return { id: meta.id, subject, at, event };
}

function recordingOf(document: object): Recording {
  const known = recordings.get(document);
  if (known) return known;
  const fresh: Recording = { subjects: [], saving: false };
  recordings.set(document, fresh);
  return fresh;
}
