import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger, testBroker, waitFor } from '@ticketing/testing';
import type { AuditReport, Promised } from '@ticketing/operate';
import { type Answered, MixedLoad, type Statuses } from '../system/mixed-load.helper';
import { untilAgreed } from './agreement';
import { checkAnswers, type Problem } from './checks/check-answers';
import { checkLoad } from './checks/check-load';
import { checkSkips } from './checks/check-skips';
import { carryOut } from './faults';
import type { Counters } from '../system/counters.helper';
import type { FaultSystem } from './fault-system';
import { Payments } from './payments';
import { promiseOf } from './promises';
import { describeFault, type Fault, type Happened, type Schedule } from './schedule';

/** The least time (ms) between two faults of a track, however long the healing took. */
const BREATH_MS = 500;
/** How many answers the load must get before the first fault. */
const WARM_UP_ANSWERS = 50;
/** The load goes on until it has so many payments, however slow the machine is: among fewer one kind of end may be missing. */
const LEAST_PAYMENTS = 40;

export interface RunOptions {
  /** Gets promises.jsonl and answers.jsonl. */
  readonly folder: string;
  /** Takes a line for each fault. */
  readonly say: (line: string) => void;
  readonly users?: number;
  readonly pauseMs?: number;
}

/** The result of one schedule. Without problems it held. */
export interface Outcome {
  readonly schedule: Schedule;
  readonly happened: readonly Happened[];
  readonly answers: readonly Answered[];
  readonly statuses: Statuses;
  readonly promises: readonly Promised[];
  readonly report: AuditReport;
  /** From the end of the load until everything agreed (ms). */
  readonly agreedAfterMs: number;
  readonly counters: Counters;
  /** How many payments completed an order (`complete`), and how many were refused, by reason. */
  readonly ends: Counters;
  readonly problems: readonly Problem[];
}

/**
 * Loads the system, carries out the schedule, waits until everything agrees, and returns what did not hold. Everything
 * is healed and runs when it returns. Problems found during the stop are among the system's troubles.
 */
export async function runSchedule(system: FaultSystem, schedule: Schedule, options: RunOptions): Promise<Outcome> {
  const log = new ClientLog(options.folder);
  const { engine, nats, url } = system.servers;
  const broker = await testBroker('', silentLogger(), { engine, natsUrl: nats.url, natsClusterId: 'ticketing' });
  const payments = new Payments(broker, schedule.seed, log.promise);
  const onAnswer = (answered: Answered) => {
    log.take(answered);
    payments.hear(answered);
  };
  const load = new MixedLoad({ url, seed: schedule.seed, onAnswer, ...options });
  let faults: Awaited<ReturnType<typeof carryOutAll>>;
  try {
    await waitFor(() => log.answers.length >= WARM_UP_ANSWERS, { what: 'the load to begin' });
    await waitFor(() => haveHandled(system), { what: 'both services to handle events' });
    faults = await carryOutAll(system, payments, schedule, log, options.say);
    await waitFor(() => payments.toldAt.length >= LEAST_PAYMENTS, { timeoutMs: 60_000, what: 'enough payments' });
  } finally {
    await load.end();
    await payments.end();
    await broker.close();
    await log.close();
  }
  const { report, agreedAfterMs, problems: late } = await untilAgreed(system, log.promises);
  const { happened, problems } = faults;
  const { answers, promises } = log;
  const ends = await payments.ends(system.servers.databases.orders);
  return {
    ...{ schedule, happened, answers, promises, report, agreedAfterMs, ends },
    statuses: load.statuses,
    counters: await system.counters(),
    problems: [
      ...problems,
      ...late,
      ...report.disagreements,
      ...checkAnswers(answers, happened, payments.paidSince),
      ...checkSkips(system.skips, happened),
      ...checkLoad({ answers, promises, paymentsAt: payments.toldAt, ends }, report, happened),
      ...checkNotice(system, happened),
    ],
  };
}

/** The answers that clients may rely on, and the payments of them, in memory and as lines of JSON. */
class ClientLog {
  readonly answers: Answered[] = [];
  readonly promises: Promised[] = [];
  private readonly files;

  constructor(folder: string) {
    const file = (name: string) => createWriteStream(join(folder, name));
    this.files = { answers: file('answers.jsonl'), promises: file('promises.jsonl') };
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.files).map((file) => new Promise<void>((resolve) => file.end(resolve))));
  }

  readonly take = (answered: Answered): void => {
    this.answers.push(answered);
    this.files.answers.write(`${JSON.stringify(answered)}\n`);
    const promised = promiseOf(answered);
    if (promised) this.promise(promised);
  };

  readonly promise = (promised: Promised): void => {
    this.promises.push(promised);
    this.files.promises.write(`${JSON.stringify(promised)}\n`);
  };
}

/** All tracks side by side. A fault that cannot be healed ends its track, and is a problem. */
async function carryOutAll(
  system: FaultSystem,
  payments: Payments,
  schedule: Schedule,
  log: ClientLog,
  say: (line: string) => void,
) {
  const began = Date.now();
  const since = () => `${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s`;
  const happened: Happened[] = [];
  const problems: Problem[] = [];
  const follow = async (track: readonly Fault[]) => {
    for (const fault of track) {
      await sleep(Math.max(BREATH_MS, began + fault.at - Date.now()));
      say(`${since()}  ${describeFault(fault)}`);
      const before = log.answers.length;
      const done = await carryOut(system, payments, fault);
      happened.push(done);
      const meanwhile = log.answers.length - before;
      say(`${since()}  ${fault.kind} healed, ${done.note}; ${meanwhile} answers meanwhile`);
    }
  };
  const guarded = (track: readonly Fault[]) =>
    follow(track).catch((error: unknown) =>
      problems.push({ message: `a fault could not be healed: ${String(error)}` }),
    );
  await Promise.all([...schedule.tracks.map(guarded), sleep(schedule.loadMs)]);
  return { happened, problems };
}

/** Whether both groups have stored their positions, because only then can they notice that history is lost. */
async function haveHandled({ servers }: FaultSystem): Promise<boolean> {
  const { tickets, orders } = servers.databases;
  const positions = [tickets, orders].map((database) => database.collection('channel_positions').countDocuments());
  return (await Promise.all(positions)).every((count) => count > 0);
}

/** Both services must report a lost store, and must not report one when none was lost. */
function checkNotice({ lostHistory, streamMadeAgain }: FaultSystem, happened: readonly Happened[]): Problem[] {
  const wasLost = happened.some(({ fault }) => fault.kind === 'store-lost');
  return (['tickets', 'orders'] as const)
    .filter((service) => lostHistory.has(service) !== wasLost || (streamMadeAgain.has(service) && !wasLost))
    .map((service) => ({ message: `${service} ${wasLost ? 'never said' : 'said'} that history was lost` }));
}
