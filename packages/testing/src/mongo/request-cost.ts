import { sleep } from '@ticketing/common';
import { waitFor } from '../wait-for';
import type { CommandLog } from './command-log';
import type { MongoCommand } from './wire-commands';

/** What is still sent so long (ms) after the last expected command belongs to the cost as well. */
const ECHO_MS = 200;

export interface Cost {
  /** Such as `find tickets`, sorted. */
  readonly commands: readonly string[];
  readonly bytes: number;
}

/**
 * What an action asks of MongoDB, and what follows from it within a moment. For a service whose sweeps are far away.
 * @param least waits until so many commands were sent, or 10 s
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
