import { setTimeout as sleep } from 'node:timers/promises';
import { uniqueName } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import { connectBroker, type ConsumerProcess, isConnected, startConsumerProcess } from './consumer-process';
import type { Delivery, History, RunRecord } from '../story/history';
import type { Schedule } from '../story/schedule';
import { connectDatabase, type LabServers } from './servers';
import { keyOf, type PriceEvent, type Story } from '../story/story';
import { CHANNEL } from '../strategies/listen';
import type { Strategy } from '../strategies/strategy';
import { Tickets } from '../story/tickets';

/** A look that takes longer shows that this process stood still. */
const LONGEST_LOOK_MS = 50;

export interface RunOptions {
  readonly servers: LabServers;
  readonly story: Story;
  readonly schedule: Schedule;
  readonly strategy: Strategy;
  /** Instead of the strategy's own number. */
  readonly members?: number;
  readonly maxInFlight?: number;
  /** After this time (ms) without an ack no more acks will come. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Publishes a schedule on the real server while the strategy's members consume it, until every message is acked or nothing
 * moves any more, and returns what was recorded. The database is empty afterwards. @throws AbortError when `signal` aborts
 */
export async function run(options: RunOptions): Promise<RunRecord> {
  const one = new Run(options);
  try {
    return await one.record();
  } finally {
    await one.close();
  }
}

class Run {
  private readonly history: History = { published: [], deliveries: [], crashes: [] };
  /** Channel and sequence of the messages whose ack went out, and the events that these were. */
  private readonly ackedOnes = { messages: new Set<string>(), events: new Set<string>() };
  private readonly processes: ConsumerProcess[] = [];
  private readonly acksToLose: Set<string>;
  private readonly prefix = `${uniqueName('lab')}.`;
  private readonly group = uniqueName('group');
  private readonly publisher;
  private readonly places: number;
  private observer: Connection | undefined;
  private startedAt = performance.now();
  /** How long nothing was acked (ms), without the time for which this process stood still. */
  private idleMs = 0;
  private crash: Promise<void> | undefined;

  constructor(private readonly options: RunOptions) {
    this.places = options.members ?? options.strategy.members ?? 2;
    this.acksToLose = new Set(options.schedule.lostAcks);
    this.publisher = connectBroker(options.servers, this.prefix);
  }

  async record(): Promise<RunRecord> {
    const { servers, strategy, story } = this.options;
    this.observer = await connectDatabase(servers);
    const { observer: connection, group } = this;
    const tickets = new Tickets(connection, 'observer', () => 0, this.now);
    await tickets.prepare(story.tickets.map(({ id }) => id));
    for (let place = 0; place < this.places; place += 1) await this.startProcess(place, 'AB'.charAt(place));
    await isConnected(this.publisher);
    this.startedAt = performance.now();
    await this.publish();
    await this.until(() => this.ackedOnes.messages.size === this.history.published.length);
    await this.crash;
    const held = async () => (await strategy.held?.({ connection, tickets, group })) ?? [];
    await this.until(async () => (await held()).length === 0);
    const tookMs = this.now();
    // The judged state must not change any more.
    await this.closeProcesses();
    return { history: this.history, copies: await tickets.all(), held: await held(), tookMs };
  }

  async close(): Promise<void> {
    await this.crash?.catch(() => undefined);
    await this.closeProcesses();
    await this.forgetGroup().catch(() => undefined); // a broker that is away keeps it
    await this.publisher.close();
    await this.observer?.dropDatabase();
    await this.observer?.close();
  }

  private async closeProcesses(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.close()));
  }

  /** So that a given broker is left unchanged, except for the channels. */
  private async forgetGroup(): Promise<void> {
    const { schedule, strategy } = this.options;
    const channels = schedule.publications.map(({ event }) => strategy.channelOf?.(event) ?? CHANNEL);
    for (const channel of new Set(channels)) await this.publisher.forgetGroup(channel, this.group);
  }

  private readonly now = () => performance.now() - this.startedAt;

  private async publish(): Promise<void> {
    const { schedule, signal } = this.options;
    const sent: Promise<void>[] = [];
    for (const { event, atMs } of schedule.publications) {
      const wait = atMs - this.now();
      if (wait > 0) await sleep(wait, undefined, { signal });
      if (schedule.paced && !(await this.until(() => this.isSettledBefore(event)))) break;
      this.history.published.push({ id: event.id, version: event.version, at: this.now() });
      sent.push(heeded(this.send(event)));
    }
    await Promise.all(sent);
  }

  private async send(event: PriceEvent): Promise<void> {
    await this.publisher.publish(this.options.strategy.channelOf?.(event) ?? CHANNEL, JSON.stringify(event));
  }

  private isSettledBefore({ id, version }: PriceEvent): boolean {
    return version === 0 || this.ackedOnes.events.has(keyOf({ id, version: version - 1 }));
  }

  private async startProcess(place: number, name: string): Promise<void> {
    const { servers, strategy, story, schedule, maxInFlight = 64 } = this.options;
    const ticketIds = story.tickets.map(({ id }) => id);
    const process = await startConsumerProcess({
      ...{ servers, strategy, channelPrefix: this.prefix, member: name, now: this.now, acksToLose: this.acksToLose },
      place: { place, places: this.places, group: this.group, ticketIds, maxInFlight, ackWaitMs: schedule.ackWaitMs },
      handlingMs: (event) => schedule.handlingMs.get(keyOf(event))?.[place === 0 ? 0 : 1] ?? 0,
      onDelivery: (delivery) => this.delivered(delivery),
      onAck: (delivery) => this.acked(delivery),
    });
    this.processes.push(process);
  }

  private delivered(delivery: Delivery): void {
    this.history.deliveries.push(delivery);
    const { crash } = this.options.schedule;
    const got = this.history.deliveries.filter(({ member }) => member === 'A').length;
    if (crash && !this.crash && got >= crash.atDelivery) this.crash = heeded(this.killFirst(crash.downMs));
  }

  private async killFirst(downMs: number): Promise<void> {
    const [first] = this.processes;
    this.history.crashes.push({ member: 'A', at: this.now() });
    await first?.kill();
    await sleep(downMs);
    await this.startProcess(0, 'A2');
  }

  private acked(delivery: Delivery): void {
    if (delivery.ackLost) return;
    const { messages, events } = this.ackedOnes;
    if (!messages.has(`${delivery.channel}#${delivery.sequence}`)) this.idleMs = 0;
    messages.add(`${delivery.channel}#${delivery.sequence}`);
    events.add(keyOf(delivery));
  }

  /** Waits for the condition as long as messages are still acked. Returns whether it became true. */
  private async until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
    const { schedule, patienceMs = 6 * schedule.ackWaitMs, signal } = this.options;
    this.idleMs = 0;
    for (let lookedAt = this.now(); !(await condition());) {
      const now = this.now();
      this.idleMs += Math.min(now - lookedAt, LONGEST_LOOK_MS);
      if (this.idleMs > patienceMs) return false;
      lookedAt = now;
      await sleep(1, undefined, { signal });
    }
    return true;
  }
}

/**
 * A promise that is awaited later. If it fails earlier, the failure is reported then, and does not end the process now.
 */
function heeded<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
