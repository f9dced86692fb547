import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerChoice } from '../system/system.helper';
import { FaultSystem } from './fault-system';
import { failureOf, summaryOf } from './report';
import { type Outcome, runSchedule } from './run-schedule';
import { describeFault, type Schedule } from './schedule';

/** A schedule that was run to its end, on its own system, which is gone. */
export interface Ran {
  readonly outcome?: Outcome;
  readonly held: boolean;
}

/** A folder for what a run logs. */
export function logFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ticketing-faults-'));
}

/**
 * Starts everything, runs the schedule, stops everything, and returns the result. If it did not hold the logs are kept.
 * @param onOpen gets the system while it runs, so that it can be closed when the program is told to end
 */
export async function runOne(
  schedule: Schedule,
  say: (line: string) => void,
  onOpen: (system: FaultSystem | undefined) => void = () => undefined,
  broker?: BrokerChoice,
): Promise<Ran> {
  const folder = await logFolder();
  const system = await FaultSystem.open(folder, broker);
  onOpen(system);
  let outcome: Outcome | undefined;
  let failure: readonly string[] = [];
  try {
    outcome = await runSchedule(system, schedule, { folder, say });
    if (outcome.problems.length > 0) failure = await failureOf(outcome, system.servers);
  } catch (error) {
    const plan = schedule.tracks.flat().map((fault) => `  ${describeFault(fault)}`);
    failure = [`FAILED with seed ${schedule.seed}: ${String(error)}`, 'The schedule:', ...plan];
  } finally {
    await system.close();
    onOpen(undefined);
  }
  if (outcome) for (const line of summaryOf(outcome)) say(line);
  const troubles = system.troubles.map((trouble) => `  - ${trouble}`);
  if (troubles.length > 0 && failure.length === 0) failure = [`FAILED with seed ${schedule.seed}`];
  const held = failure.length === 0;
  for (const line of [...failure, ...troubles, ...(held ? [] : [`Logs: ${folder}`])]) say(line);
  if (held) await rm(folder, { recursive: true, force: true });
  return { held, ...(outcome && { outcome }) };
}
