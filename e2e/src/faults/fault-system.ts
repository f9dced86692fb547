import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy, waitFor } from '@ticketing/testing';
import type { ServiceProcess } from '@ticketing/start';
import { type BrokerChoice, type ServiceName, TestSystem } from '../system/system.helper';
import { type Counters, readCounters, sumOf } from '../system/counters.helper';
import type { Skip, Skipped } from './checks/check-skips';
import { serviceOf, type Slot, SLOTS } from './schedule';

/** Orders that this process takes expire in the middle of the faults (ms); those of the other one do not. */
const HASTY: Slot = 'orders-1';
export const HASTY_WINDOW_MS = 5_000;

/** A process that has stopped answering for this long (ms) gets no more requests. */
const PROBED_AFTER_MS = 1_000;
/** pino's number of `error`; worse levels have higher ones. */
const ERROR = 50;

/** One process of a service, with its own connection to the broker. */
interface Member {
  readonly slot: Slot;
  /** One to each server of the broker. */
  readonly wires: readonly TcpProxy[];
  readonly log: WriteStream;
  process: ServiceProcess | undefined;
}

/** Two processes of each service, each behind proxies of its own to the broker, and where everything is logged. */
export class FaultSystem {
  /** What no fault excuses: unexpected deaths, errors in a log, bad exit codes. */
  readonly troubles: string[] = [];
  /** The services that reported lost history: an error that only the loss of the store explains. */
  readonly lostHistory = new Set<ServiceName>();
  /** The same for what JetStream's adapter reports: it has made the stream again. */
  readonly streamMadeAgain = new Set<ServiceName>();
  /** Gaps that were skipped. */
  readonly skips: Skip[] = [];
  private counted: Counters = {};
  private readonly members = new Map<Slot, Member>();

  private constructor(readonly servers: TestSystem) {}

  /**
   * Resolves when all processes are ready.
   * @param folder gets a log file of each process and server
   * @throws when one is not ready; then all are stopped
   */
  static async open(folder: string, broker: BrokerChoice = {}): Promise<FaultSystem> {
    const logs = { mongo: logIn(folder, 'mongo'), nats: logIn(folder, 'nats') };
    const output = {
      mongo: (text: string) => void logs.mongo.write(text),
      nats: (text: string) => void logs.nats.write(text),
    };
    const servers = await TestSystem.open(output, broker);
    const system = new FaultSystem(servers);
    const started = await Promise.allSettled(
      SLOTS.map(async (slot) => {
        const wires = await Promise.all(servers.nats.url.split(',').map((url) => startTcpProxy(url)));
        system.members.set(slot, { slot, wires, log: logIn(folder, slot), process: undefined });
        await system.start(slot);
      }),
    );
    const failed = started.find((each) => each.status === 'rejected');
    if (!failed) return system;
    await system.close();
    throw failed.reason;
  }

  /** The wires of a process to the servers of the broker. */
  wiresOf(slot: Slot): readonly TcpProxy[] {
    return this.member(slot).wires;
  }

  /** Resolves when the process is ready. */
  async start(slot: Slot): Promise<void> {
    const member = this.member(slot);
    const env = {
      NATS_URL: member.wires.map(({ port }) => `nats://127.0.0.1:${port}`).join(),
      LOG_LEVEL: 'info',
      ...(slot === HASTY && { ORDER_WINDOW_MS: String(HASTY_WINDOW_MS) }),
    };
    const started = await this.servers.start(serviceOf(slot), env, (line) => this.hear(member, line));
    member.process = started;
    void started.exited.then((code) => {
      if (member.process === started) this.troubles.push(`${slot} ended by itself with ${code ?? 'a signal'}`);
    });
  }

  /** Call it before `kill`, because a process's counts are gone with it. */
  async keepCounters(slot: Slot): Promise<void> {
    this.counted = sumOf(this.counted, await countsOf(this.member(slot)));
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(slot: Slot): Promise<void> {
    const member = this.member(slot);
    const doomed = running(member);
    member.process = undefined;
    await doomed.kill();
  }

  /** Pauses the process for this long (ms). A readiness probe notices; requests sent until then wait. */
  async pause(slot: Slot, forMs: number): Promise<void> {
    const paused = running(this.member(slot));
    const route = (ready: boolean) => this.servers.route(serviceOf(slot), paused, ready);
    process.kill(paused.pid, 'SIGSTOP');
    try {
      await sleep(Math.min(PROBED_AFTER_MS, forMs));
      route(false);
      await sleep(Math.max(0, forMs - PROBED_AFTER_MS));
    } finally {
      process.kill(paused.pid, 'SIGCONT');
      route(true);
    }
  }

  /** The counts of all processes, including killed ones until their kill. */
  async counters(): Promise<Counters> {
    return sumOf(this.counted, ...(await Promise.all([...this.members.values()].map(countsOf))));
  }

  /** SIGTERM to every process, then everything else. What goes wrong is among the troubles. */
  async close(): Promise<void> {
    const members = [...this.members.values()];
    for (const member of members) member.process = undefined;
    await this.servers.close().catch((error: unknown) => this.troubles.push(String(error)));
    await Promise.all(members.flatMap(({ wires }) => wires.map((wire) => wire.close())));
    for (const { log } of members) log.end();
  }

  private hear({ slot, log }: Member, line: string): void {
    log.write(`${line}\n`);
    const parsed = parseLine(line);
    if (parsed?.msg?.startsWith('lost history')) this.lostHistory.add(serviceOf(slot));
    else if (parsed?.msg?.startsWith('the stream was deleted or lost')) this.streamMadeAgain.add(serviceOf(slot));
    else if (parsed?.msg?.startsWith('gap patience is over'))
      this.skips.push({ slot, ...(JSON.parse(line) as Skipped) });
    else if (!parsed || parsed.level >= ERROR) this.troubles.push(`${slot} said: ${line}`);
  }

  private member(slot: Slot): Member {
    const member = this.members.get(slot);
    if (!member) throw new Error(`there is no ${slot}`);
    return member;
  }
}

function running({ slot, process }: Member): ServiceProcess {
  if (!process) throw new Error(`${slot} does not run`);
  return process;
}

/** Asks again when it has no answer: its metrics need MongoDB. */
function countsOf(member: Member): Promise<Counters> {
  return waitFor(() => readCounters(running(member).url), { what: `the counters of ${member.slot}` });
}

function logIn(folder: string, name: string): WriteStream {
  return createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
}

/** A line of pino's; undefined for anything else, such as what Node prints when it crashes. */
function parseLine(line: string): { level: number; msg?: string } | undefined {
  try {
    return JSON.parse(line) as { level: number; msg?: string };
  } catch {
    return undefined;
  }
}
