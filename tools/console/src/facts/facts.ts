import type { Broker } from '@ticketing/common';
import { withoutPassword, type Engine } from '@ticketing/servers';
import { factsOf, serviceNames } from '@ticketing/services';
import type { Snapshot } from '../page/model/system';
import { ChannelReader, type WantedMessage } from './channel-reader';
import { History } from './history';
import { lineStep } from './line-step';
import { lookAtBroker } from './look-at-broker';
import { type Databases, lookAtDatabases } from './look-at-databases';
import { messageSteps } from './message-steps';
import { rowSteps } from './row-steps';

export interface FactsOptions {
  readonly databases: Databases;
  readonly broker: Broker;
  readonly engine: Engine;
  /** Undefined: nothing is known of groups. */
  readonly monitorUrl: string | undefined;
}

/** The shortest pause (ms) between two looks. A look that took long is followed by a pause that is several times as long. */
const LOOK_EVERY_MS = 500;
const PAUSE_PER_LOOK = 8;

const REPLICA_AT = serviceNames.find((name) => Object.keys(factsOf(name).replicas).length > 0) ?? '';

/**
 * What the console knows of the system. It looks at databases and broker only while somebody watches; lines that are
 * handed in are kept in any case.
 */
export class Facts {
  readonly history = new History();
  private snapshot: Snapshot = { at: 0, tickets: [], outbox: {}, parked: [], letters: [], groups: [], away: [] };
  private readonly reader: ChannelReader;
  private readonly withLines = new Set<string>();
  private readonly watchers = new Set<(snapshot: Snapshot) => void>();
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: FactsOptions) {
    this.reader = new ChannelReader(options.broker, ({ subject, message }) => {
      for (const step of messageSteps(subject, message)) this.history.add(step);
    });
  }

  /** Takes a line of a service's log. */
  line(service: string, text: string): void {
    const step = lineStep(service, text);
    if (!step) return;
    this.withLines.add(service);
    this.history.add(step);
  }

  /** The service that keeps the replica of the tickets. */
  readonly replicaAt = REPLICA_AT;

  /** The last look. */
  get last(): Snapshot {
    return this.snapshot;
  }

  /** Calls back after each look from now on, and looks again and again until the returned function is called. */
  watch(watcher: (snapshot: Snapshot) => void): () => void {
    this.watchers.add(watcher);
    if (this.watchers.size === 1) void this.look();
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) clearTimeout(this.timer);
    };
  }

  /** Looks now, also while nobody watches. Does not reject: what cannot be read is in `away`. */
  look(): Promise<void> {
    return (this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
    }));
  }

  /** The whole message of an event, as the channel has it; undefined when it was not read or is too old. */
  async message(wanted: WantedMessage): Promise<string | undefined> {
    const found = this.reader.find(wanted);
    if (found !== undefined) return found;
    await this.reader.read().catch(() => undefined);
    return this.reader.find(wanted);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watchers.clear();
    clearTimeout(this.timer);
    await this.looking;
  }

  private async lookOnce(): Promise<void> {
    clearTimeout(this.timer);
    const began = performance.now();
    const away: string[] = [];
    const tell = <T>(what: string, reading: Promise<T>, otherwise: T): Promise<T> =>
      reading.catch((error: unknown) => {
        away.push(`${what}: ${withoutPassword(error instanceof Error ? error.message : String(error))}`);
        return otherwise;
      });
    const { databases, monitorUrl, engine } = this.options;
    const before = this.snapshot;
    const { tickets, outbox, parked, letters } = before;
    const seen = monitorUrl === undefined ? undefined : lookAtBroker(engine, monitorUrl);
    const [held, broker] = await Promise.all([
      tell('MongoDB', lookAtDatabases(databases), { tickets, outbox, parked, letters }),
      seen && tell('the monitoring port', seen, undefined),
    ]);
    if (monitorUrl === undefined || broker) await tell('the channels', this.reader.read(broker?.newest), undefined);
    const now = { at: Date.now(), ...held, groups: broker?.groups ?? before.groups, away };
    this.snapshot = now;
    if (before.at > 0) {
      for (const step of rowSteps(before, now, REPLICA_AT)) if (!this.withLines.has(step.where)) this.history.add(step);
    }
    for (const watcher of this.watchers) watcher(now);
    const took = performance.now() - began;
    if (this.watchers.size > 0 && !this.closed)
      this.timer = setTimeout(() => void this.look(), Math.max(LOOK_EVERY_MS, PAUSE_PER_LOOK * took));
  }
}
