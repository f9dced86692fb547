import type { Connection, mongo } from 'mongoose';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { Lease } from '../mongo/lease';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import type { Publisher } from './publisher';
import { Repeating } from '../runtime/repeating';
import { eventFacts } from '../tracing/event-facts';
import { publishSpan } from '../tracing/event-spans';
import { OUTBOX } from '../runtime/policies';
import { inSpan } from '../tracing/tracing';
import type { OutboxEntry, Pending } from './entry';
import { nextBatch } from './next-batch';
import { onSaved, type AnyOwnedModel } from './owned-aggregate';
import { PublishedRemoval } from './published-removal';

/** A sweep reads the outboxes of this many aggregates at a time. */
export const SWEEP_PAGE = 200;
/** It takes this many events of one aggregate at a time, so that two pages are less than what may be in flight. */
const SWEEP_ENTRIES = 20;
/** How many removed ids are remembered, in each of two sets. */
const MAX_REMEMBERED = 50_000;
/** A sweep ends when the broker did not accept the events of this many aggregates. */
const MAX_LEFT = 10 * SWEEP_PAGE;

export interface RelayOptions {
  readonly connection: Connection;
  readonly models: readonly AnyOwnedModel[];
  readonly publisher: Publisher;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often (ms) one process of the service looks for events that others left. */
  readonly sweepMs: number;
}

interface Dated {
  readonly outbox: readonly Pick<OutboxEntry, 'at'>[];
}

/**
 * Publishes saved events: right after each save in this process, and by a sweep those that another process left. At
 * least once: an event stays in its outbox until the broker has stored it.
 */
export class Relay {
  /** Events that are being published, or published and not yet removed. They are not published again. */
  private readonly inFlight = new Map<string, Promise<boolean>>();
  /**
   * Ids removed since the last sweep, and between the two sweeps before it. A document loaded before the removal still
   * has them.
   */
  private removed = { lately: new Set<string>(), before: new Set<string>() };
  private readonly removals: ReadonlyMap<AnyOwnedModel, PublishedRemoval>;
  private readonly lease: Lease;
  private readonly sweeping: Repeating;
  /** When it was last found without the connection that it had before (ms since 1970). */
  private awayAt = 0;
  private wasConnected: boolean;
  private readonly stopListening: () => void;
  private readonly stopMeasuring: () => void;

  constructor(private readonly options: RelayOptions) {
    const { models, connection, publisher, metrics, logger, sweepMs } = options;
    this.wasConnected = publisher.isConnected();
    this.removals = new Map(models.map((model) => [model, new PublishedRemoval(model, logger)]));
    this.lease = new Lease(connection, 'outbox-sweep', sweepMs * 3);
    for (const model of models) {
      onSaved(model, (saved) => {
        this.tellSaved(saved);
        void this.publishAll(model, saved);
      });
    }
    this.sweeping = new Repeating((stopping) => this.sweep(stopping), sweepMs);
    this.sweeping.start();
    this.stopListening = publisher.onConnected(() => {
      this.noteAway();
      void this.sweeping.now();
    });
    this.stopMeasuring = metrics.beforeScrape(() => this.measure());
  }

  /**
   * Finishes the events in flight and releases the lease of the sweep. The next process that sweeps publishes the rest.
   */
  async drain(): Promise<void> {
    this.stopListening();
    this.stopMeasuring();
    await this.sweeping.stop();
    await Promise.all(this.inFlight.values());
    await Promise.all([...this.removals.values()].map((removal) => removal.flush()));
    await this.lease.release().catch((error: unknown) => {
      if (!isDatabaseUnavailable(error)) throw error;
    });
  }

  /**
   * Publishes all pending events of one document, in their order. Returns whether the broker has stored all of them,
   * when that is known.
   */
  private async publishAll(model: AnyOwnedModel, { _id, outbox }: Pending): Promise<boolean> {
    const { lately, before } = this.removed;
    const fresh = outbox.filter(({ id }) => !this.inFlight.has(id) && !lately.has(id) && !before.has(id));
    if (this.inFlight.size + fresh.length > OUTBOX.maxInFlight) return false;
    const others = outbox.flatMap(({ id }) => this.inFlight.get(id) ?? []);
    const results = await Promise.all(
      fresh.map((entry) => {
        const published = this.publish(entry);
        this.inFlight.set(entry.id, published);
        return published;
      }),
    );
    const publishedIds = fresh.filter((_, index) => results[index]).map(({ id }) => id);
    const forget = (ids: readonly string[]) => ids.forEach((id) => this.inFlight.delete(id));
    forget(fresh.filter((_, index) => !results[index]).map(({ id }) => id));
    if (publishedIds.length > 0) {
      this.removals.get(model)?.add(_id, publishedIds, (removed) => {
        if (removed) publishedIds.forEach((id) => this.removed.lately.add(id));
        if (this.removed.lately.size > MAX_REMEMBERED) this.forgetRemoved();
        forget(publishedIds);
      });
    }
    return [...results, ...(await Promise.all(others))].every(Boolean);
  }

  private async publish({ subject, event }: OutboxEntry): Promise<boolean> {
    const { publisher, logger } = this.options;
    try {
      await inSpan(
        () => publishSpan(subject, event),
        () => publisher.forward(subject, event),
      );
      if (logger.isLevelEnabled('debug')) logger.debug({ subject, ...eventFacts(event) }, 'published');
      return true;
    } catch (error) {
      if (logger.isLevelEnabled('debug'))
        logger.debug({ err: error, subject, ...eventFacts(event) }, 'not published: it stays in the outbox');
      return false;
    }
  }

  /** The event that a save has just recorded is the last one. */
  private tellSaved({ outbox }: Pending): void {
    const { logger } = this.options;
    const entry = outbox.at(-1);
    if (entry && logger.isLevelEnabled('debug'))
      logger.debug({ subject: entry.subject, ...eventFacts(entry.event) }, 'saved');
  }

  private noteAway(): void {
    if (this.wasConnected) this.awayAt = Date.now();
  }

  private forgetRemoved(): void {
    this.removed = { lately: new Set(), before: this.removed.lately };
  }

  private async sweep(stopping: AbortSignal): Promise<void> {
    const { models, publisher, logger } = this.options;
    this.forgetRemoved();
    try {
      if (!publisher.isConnected()) return this.noteAway();
      this.wasConnected = true;
      if (!(await this.lease.acquire())) return;
      // What was saved while there was no connection nobody else publishes, however young it is.
      const until = new Date(Math.max(this.awayAt, Date.now() - OUTBOX.sweepMinAgeMs));
      for (const model of models) while (await this.sweepModel(model, until, stopping));
    } catch (error) {
      if (!isDatabaseUnavailable(error)) logger.error({ err: error }, 'the sweep of the outbox failed');
    }
  }

  /**
   * Goes page by page, past events that the broker does not accept now. While it publishes one page it reads the next
   * and removes the previous one. After an abort the current page is the last one. Returns whether an aggregate has
   * more to publish at once.
   */
  private async sweepModel(model: AnyOwnedModel, until: Date, stopping: AbortSignal): Promise<boolean> {
    const old = { 'outbox.at': { $lt: until } };
    const cursor = this.find<Pending>(model, old, { _id: 1, outbox: { $slice: SWEEP_ENTRIES } });
    const read = () => {
      const page = nextBatch(cursor, SWEEP_PAGE);
      page.catch(() => undefined); // it is awaited later, or not at all if the sweep ends before
      return page;
    };
    const removal = this.removals.get(model);
    let removed: Promise<void> | undefined;
    let left = 0;
    let more = false;
    try {
      for (let page = await read(); page.length > 0;) {
        const next = read();
        const published = await Promise.all(page.map((pending) => this.publishAll(model, pending)));
        await removed;
        removed = removal?.flush();
        left += published.filter((all) => !all).length;
        more ||= page.some(({ outbox }, index) => published[index] && outbox.length === SWEEP_ENTRIES);
        this.options.logger.info({ aggregates: page.length, left }, 'the sweep published what was left in outboxes');
        if (stopping.aborted || left >= MAX_LEFT) return false;
        if (!this.options.publisher.isConnected() || !(await this.lease.acquire())) return false;
        page = await next;
      }
      return more;
    } finally {
      await removal?.flush();
      await cursor.close();
    }
  }

  private find<T>(model: AnyOwnedModel, filter: object, projection: object): mongo.FindCursor<T> {
    return model.collection.find<T & mongo.WithId<mongo.BSON.Document>>(filter, {
      projection,
      readConcern: { level: 'majority' },
      batchSize: SWEEP_PAGE,
    });
  }

  /** Pending events and the age of the oldest, of at most one page of aggregates each. */
  private async measure(): Promise<void> {
    const { models, metrics } = this.options;
    for (const model of models) {
      const aggregate = model.modelName.toLowerCase();
      const any = { 'outbox.at': { $gt: new Date(0) } };
      const page = await this.find<Dated>(model, any, { 'outbox.at': 1 }).limit(SWEEP_PAGE).toArray();
      const entries = page.flatMap(({ outbox }) => outbox);
      const now = Date.now();
      const oldest = entries.reduce((least, { at }) => Math.min(least, at.getTime()), now);
      metrics.outboxPending.set({ aggregate }, entries.length);
      metrics.outboxOldestAgeSeconds.set({ aggregate }, (now - oldest) / 1_000);
    }
  }
}
