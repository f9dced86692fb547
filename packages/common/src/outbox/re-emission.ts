import type { Connection } from 'mongoose';
import type { Publisher } from './publisher';
import { isDatabaseUnavailable } from '../mongo/database-errors';
import { DURABLY } from '../mongo/durable';
import { Lease } from '../mongo/lease';
import type { Logger } from '../runtime/logger';
import type { Metrics } from '../runtime/metrics';
import { RE_EMISSION } from '../runtime/policies';
import { Repeating } from '../runtime/repeating';
import { sleep } from '../runtime/retry';
import { upsert } from '../mongo/upsert';
import type { OwnedDocument } from './owned-aggregate';
import { reEmit, type ReEmitted } from './re-emit';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Mongoose's models are invariant in their fields
export type AnyReEmitted = ReEmitted<any>;

export interface ReEmissionOptions {
  readonly connection: Connection;
  readonly aggregates: readonly AnyReEmitted[];
  readonly publisher: Publisher;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Pause (ms) between two runs. */
  readonly everyMs: number;
}

interface Position {
  /** The name of the model. */
  _id: string;
  /** Changes saved before this are published again. */
  until: Date;
}

/**
 * Periodically publishes snapshots of what has changed since the previous run. A consumer that missed an event, because
 * the broker lost or hid it, is right again one run later. One process of a service does this at a time.
 */
export class ReEmission {
  private readonly lease: Lease;
  private readonly repeating: Repeating;

  constructor(private readonly options: ReEmissionOptions) {
    // Held for a whole period, so that no other process begins a run within it.
    this.lease = new Lease(options.connection, 're-emission', options.everyMs);
    this.repeating = new Repeating((stopping) => this.run(stopping), options.everyMs);
  }

  start(): void {
    this.repeating.start();
  }

  /** Does a run now, unless another process holds the lease. Does not reject. */
  now(): Promise<void> {
    return this.repeating.now();
  }

  /** Ends after the current batch; the next run, of any process, continues from there. Idempotent. */
  async stop(): Promise<void> {
    await this.repeating.stop();
    await this.lease.release().catch((error: unknown) => {
      if (!isDatabaseUnavailable(error)) throw error; // it ends by itself
    });
  }

  private async run(stopping: AbortSignal): Promise<void> {
    const { aggregates, publisher, logger } = this.options;
    try {
      if (!publisher.isConnected() || !(await this.lease.acquire())) return;
      for (const aggregate of aggregates) if (!stopping.aborted) await this.tell(aggregate, stopping);
    } catch (error) {
      if (isDatabaseUnavailable(error)) return;
      logger.warn({ err: error }, 'the periodic re-emission ended early: the next run goes on from there');
    }
  }

  private async tell(aggregate: AnyReEmitted, stopping: AbortSignal): Promise<void> {
    const { publisher, logger, metrics, everyMs } = this.options;
    const name = aggregate.model.modelName;
    const began = Date.now();
    const known = (await this.positions().findOne({ _id: name }))?.until.getTime() ?? began - everyMs;
    const since = new Date(known - RE_EMISSION.overlapMs);
    let goesOn = true;
    let due = began;
    const snapshots = await reEmit({
      ...{ ...aggregate, publisher, since, before: new Date(began) },
      onBatch: async (last, size) => {
        metrics.reEmitted.inc({ aggregate: name }, size);
        await this.reached(name, (last as OwnedDocument).get('updatedAt') as Date);
        due += (size / RE_EMISSION.perSecond) * 1_000;
        await sleep(Math.max(0, due - Date.now()), stopping).catch(() => undefined);
        goesOn = !stopping.aborted && (await this.lease.acquire());
        return goesOn;
      },
    });
    if (goesOn) await this.reached(name, new Date(began));
    const facts = { aggregate: name, snapshots, since, tookMs: Date.now() - began };
    logger.info(facts, goesOn ? 're-emitted what changed' : 're-emitted a part of what changed');
  }

  /** Progress only moves forward, so of two runs at once the slower one is harmless. */
  private async reached(name: string, until: Date): Promise<void> {
    await upsert(() => this.positions().updateOne({ _id: name }, { $max: { until } }, { upsert: true, ...DURABLY }));
  }

  private positions() {
    return this.options.connection.collection<Position>('re_emissions');
  }
}
