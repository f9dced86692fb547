import { mongo } from 'mongoose';
import { BY_MAJORITY, DURABLY } from '../mongo/durable';
import { UnavailableError } from '../errors/kinds';
import { type AnyEvent, decodeEvent, type Subject } from '../events/contracts';
import type { Logger } from '../runtime/logger';
import { INBOX } from '../runtime/policies';
import { messageFacts } from '../tracing/event-facts';
import { OUTCOME, processSpan } from '../tracing/event-spans';
import { inSpan } from '../tracing/tracing';
import { upsert } from '../mongo/upsert';
import type { FailureHandler } from './failures/handle-failure';
import { decide } from './ordering';
import type { Origin } from './origin';
import type { Parked, Replica, ReplicaDocument, ReplicaDocuments } from './replica';
import { type Count, type Taken, tellOutcome } from './tell-outcome';

/** A document that changes this often between a read and a write is broken: each real race moves it forward. */
const MAX_LOOKS = 100;

/** The document has no room for another early event, which is not acked and comes again. */
export class InboxFullError extends UnavailableError {
  constructor(readonly aggregateId: string) {
    super(`as many events as there is room for wait for a predecessor in the document of ${aggregateId} already`);
  }
}

/** A delivered event and its origin. */
export interface Delivery {
  readonly subject: Subject;
  readonly event: AnyEvent;
  readonly origin: Origin;
  readonly payload: string;
}

export interface InboxDependencies {
  readonly replica: Replica;
  readonly documents: ReplicaDocuments;
  /** The time by the database's clock. */
  readonly databaseNow: () => Promise<Date>;
  readonly failureHandler: FailureHandler;
  /** A parked event that failed is tried again after this time (ms), like an unacked message. */
  readonly retryAfterMs: number;
  readonly logger: Logger;
  readonly count: Count;
}

/**
 * Applies events to a replica in the order of their versions, whatever order they come in. It applies N+1 to N, and
 * ignores what it has seen. It parks an early event inside the document that the event is about, just as an outbox is
 * inside its aggregate. Version and parked events change only by conditional writes to that one document. So parking an
 * event and applying its predecessor cannot miss each other: the later of the two writes sees the other, or does not
 * match. Nothing is acked here. Every write or read that leads to an ack uses majority.
 */
export class Inbox {
  constructor(private readonly deps: InboxDependencies) {}

  /**
   * When it returns, the event is applied or parked, and so is every event that it made applicable.
   * @param tell gets the outcome before the events that were made applicable are applied
   * @throws InboxFullError, or the error of `state` or the database; then the event must come again
   */
  async take(delivery: Delivery, tell: (outcome: Taken) => void = () => undefined): Promise<Taken> {
    const [outcome, document] = await this.takeAlone(delivery);
    tell(outcome);
    if (document) await this.applyParked(document); // also of an event seen: the process that applied it may have died
    return outcome;
  }

  private async takeAlone({ subject, event, origin, payload }: Delivery): Promise<[Taken, (ReplicaDocument | null)?]> {
    const { id, version, meta } = event;
    for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
      if (await this.applyAlone(subject, event)) return ['applied'];
      const found = await this.look(id);
      const decision = decide(found?.version, version);
      if (decision === 'seen') return ['seen', found];
      if (decision === 'next' || meta.snapshot) {
        const document = found && (await this.applyTo(found, subject, event));
        if (document) return ['applied', document];
        continue;
      }
      const parked = found?.parked ?? [];
      if (parked.some((other) => other.version === version)) return ['parked']; // a second copy does not extend the wait
      if (parked.length >= INBOX.maxParked || bytesOf(parked) >= INBOX.maxBytes) throw new InboxFullError(id);
      if (await this.park(id, { version, event: payload, at: await this.deps.databaseNow(), from: origin }))
        return ['parked'];
    }
    throw new Error(`the replica neither takes version ${version} of ${id} nor is past it`);
  }

  /**
   * A sweep's work on one document: applies what fits. If an event has waited longer than `patienceMs`, applies the
   * lowest one over the gap, as the whole state that it is. @param now by the database's clock
   */
  async sweep(_id: mongo.ObjectId, now: Date, patienceMs: number): Promise<void> {
    const found = await this.applyParked(await this.look(_id.toHexString()));
    const lowest = found?.parked?.[0];
    if (!found || !lowest || !isDue(lowest)) return;
    const waitedMs = now.getTime() - Math.min(...(found.parked ?? []).map(({ at }) => at.getTime()));
    if (waitedMs < patienceMs) return;
    const written = await this.applyOne(lowest, found, 'skipped');
    if (!written || written === 'failed') return;
    const { from, version } = lowest;
    this.deps.logger.warn(
      {
        ...{ subject: from.channel, ...messageFacts({ ...from, payload: lowest.event }) },
        ...{ from: found.version < 0 ? undefined : found.version, to: version, waitedMs },
      },
      'gap patience is over: applied a later version over the missing ones',
    );
    await this.applyParked(written);
  }

  /** The common case, one write and no read: nothing is parked, and the event is the next one or a newer snapshot. */
  private async applyAlone(subject: Subject, event: AnyEvent): Promise<boolean> {
    const { documents, replica } = this.deps;
    const { version } = event;
    const at = event.meta.snapshot || version === 0 ? { $lt: version } : version - 1;
    const filter = { _id: new mongo.ObjectId(event.id), version: at, 'parked.0': { $exists: false } };
    const options = { upsert: typeof at === 'object', ...DURABLY };
    const state = await replica.state(event, subject);
    const write = async () => {
      const { matchedCount, upsertedCount } = state
        ? await documents.updateOne(filter, this.changeTo(state, subject, event), options)
        : await documents.replaceOne(filter, { version, ended: true }, options);
      return matchedCount + upsertedCount > 0;
    };
    return upsert(write, () => Promise.resolve(false)); // the document exists in another state: the caller reads it
  }

  /** Applies the event if the document still has the version that was read; removes what is parked up to that event. */
  private async applyTo(found: ReplicaDocument, subject: Subject, event: AnyEvent): Promise<ReplicaDocument | null> {
    const { documents, replica } = this.deps;
    const state = await replica.state(event, subject);
    const change = state
      ? this.changeTo(state, subject, event)
      : { $set: { version: event.version, ended: true }, $unset: allOf(found) };
    const update = { ...change, $pull: { parked: { version: { $lte: event.version } } } } as never;
    const options = { returnDocument: 'after', ...DURABLY } as const;
    return documents.findOneAndUpdate({ _id: found._id, version: found.version }, update, options);
  }

  private changeTo(state: object, subject: Subject, event: AnyEvent): mongo.UpdateFilter<ReplicaDocument> {
    const $set: Record<string, unknown> = {}; // the driver is half as fast with objects from `fromEntries`
    const $unset: Record<string, ''> = { ended: '' };
    for (const [name, value] of Object.entries<unknown>({ ...state, version: event.version })) {
      if (value === undefined) $unset[name] = '';
      else $set[name] = value;
    }
    return { $set, $unset, ...(this.deps.replica.push && { $push: this.deps.replica.push(event, subject) }) } as object;
  }

  /** Parks the event while the version is still too low for it. Without a document it makes a placeholder. */
  private async park(id: string, parked: Parked): Promise<boolean> {
    const filter = {
      ...{ _id: new mongo.ObjectId(id), version: { $lt: parked.version - 1 } },
      ...{ 'parked.version': { $ne: parked.version }, [`parked.${INBOX.maxParked - 1}`]: { $exists: false } },
    };
    const push = { $push: { parked: { $each: [parked], $sort: { version: 1 } } } };
    const write = async () => {
      const update = { ...push, $setOnInsert: { version: -1 } } as never;
      const options = { upsert: true, ...DURABLY };
      const { matchedCount, upsertedCount } = await this.deps.documents.updateOne(filter, update, options);
      return matchedCount + upsertedCount > 0;
    };
    return upsert(write, () => Promise.resolve(false));
  }

  private look(id: string): Promise<ReplicaDocument | null> {
    return this.deps.documents.findOne({ _id: new mongo.ObjectId(id) }, BY_MAJORITY);
  }

  /** Applies what fits, with one conditional write each. Returns the resulting document. */
  private async applyParked(document: ReplicaDocument | null): Promise<ReplicaDocument | null> {
    let found = document;
    for (let looks = 0; found?.parked?.length && looks < MAX_LOOKS; looks += 1) {
      const { version, parked } = found;
      // An older release passes parked events without removing them.
      if (parked.some((event) => event.version <= version)) {
        found = await this.remove(found, { $lte: version });
        continue;
      }
      const next = parked.find((event) => event.version === version + 1 && isDue(event));
      if (!next) return found;
      const written = await this.applyOne(next, found, 'applied');
      if (written === 'failed') return this.look(found._id.toHexString());
      if (written) looks = 0;
      found = written ?? (await this.look(found._id.toHexString()));
    }
    return found;
  }

  /** Applies a parked event by its own contract. Returns the document, or null if it had changed. */
  private async applyOne(
    { version, event: payload, from }: Parked,
    found: ReplicaDocument,
    outcome: 'applied' | 'skipped',
  ): Promise<ReplicaDocument | null | 'failed'> {
    const { failureHandler, count, logger, retryAfterMs, documents } = this.deps;
    const subject = from.channel as Subject;
    try {
      const decoded = decodeEvent(subject, { ...from, payload });
      if (!decoded.ok) throw new Error(`a parked event cannot be read: ${decoded.message}`);
      const { event } = decoded;
      const written = await inSpan(
        () => processSpan(subject, event, from.group),
        async (span) => {
          const after = await this.applyTo(found, subject, event);
          if (after) tellOutcome({ logger, span }, from, event, outcome);
          else span?.setAttribute(OUTCOME, 'seen');
          return after;
        },
      );
      if (written) count(subject, outcome, event);
      return written;
    } catch (error) {
      const became = await failureHandler.handle(from, payload, error);
      count(subject, became);
      const later = { $set: { 'parked.$.notBefore': new Date(Date.now() + retryAfterMs) } };
      if (became === 'dead-lettered') await this.remove(found, version);
      else await documents.updateOne({ _id: found._id, 'parked.version': version }, later, DURABLY);
      return 'failed';
    }
  }

  /** Nothing is removed from a document of another version, because a rebuilt one may need it. */
  private remove(
    { _id, version }: ReplicaDocument,
    parked: number | { $lte: number },
  ): Promise<ReplicaDocument | null> {
    const update = { $pull: { parked: { version: parked } } } as never;
    return this.deps.documents.findOneAndUpdate({ _id, version }, update, { returnDocument: 'after', ...DURABLY });
  }
}

function bytesOf(parked: readonly Parked[]): number {
  return parked.reduce((sum, { event }) => sum + Buffer.byteLength(event), 0);
}

function isDue({ notBefore }: Pick<Parked, 'notBefore'>): boolean {
  return notBefore === undefined || notBefore.getTime() <= Date.now();
}

/** The fields of the state, for `$unset`. */
function allOf(document: ReplicaDocument): Record<string, ''> {
  const own = ['_id', 'version', 'ended', 'parked'];
  const state = Object.keys(document).filter((name) => !own.includes(name));
  return Object.fromEntries(state.map((name) => [name, '']));
}
