import { sleep } from '@ticketing/common';
import { waitFor } from '../wait-for';
import type { CommandLog } from './command-log';
import type { MongoCommand } from './wire-commands';

/** Commands within this time (ms) after the last expected one belong to the cost as well. */
const ECHO_MS = 200;

export interface Cost {
  /** Such as `find things`, sorted. */
  readonly commands: readonly string[];
  readonly bytes: number;
}

/**
 * The commands that an action sends to MongoDB, at once and within a moment. For a service whose sweeps are far apart.
 * @param least waits until this many commands were sent, or 10 s
 */
export async function costOf(log: CommandLog, least: number, action: () => Promise<unknown>): Promise<Cost> {
  await untilQuiet(log);
  log.clear();
  await action();
  const reached = () => log.commands().length >= least;
  await waitFor(reached, { what: `${least} commands` }).catch(() => undefined); // what was sent is the better message
  await untilQuiet(log);
  return summaryOf(log.commands());
}

function summaryOf(commands: readonly MongoCommand[]): Cost {
  return {
    commands: commands.map(({ name, collection }) => `${name} ${collection}`).sort(),
    bytes: commands.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function untilQuiet(log: CommandLog): Promise<void> {
  for (let before = -1; before !== log.commands().length; await sleep(ECHO_MS)) before = log.commands().length;
}
