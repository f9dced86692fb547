import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { brokerOption, refuseSwallowed, userPath } from '@ticketing/command-line';
import { type Engine, wholeNumber } from '@ticketing/servers';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LabOptions } from './run/lab';
import { strategies } from './strategies';

export interface Options extends LabOptions {
  readonly json: boolean;
  /** The file for the page. */
  readonly html: string | undefined;
  /** The file for the picture. */
  readonly svg: string | undefined;
  readonly broker: Engine;
}

interface Given {
  seed: number;
  aggregates: number;
  events: number;
  strategy?: string[];
  json: boolean;
  html?: string;
  svg?: string;
  broker: Engine;
}

/** A run with more events takes too long. */
const MAX_EVENTS = 2_000;

/**
 * Reads the command line.
 * @throws CommanderError when it is wrong, or for help; the message is printed already
 */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run lab --')
    .description(
      'Shows the concurrency problems of event-driven services and nine ways to deal with them, on a real broker ' +
        'and MongoDB (its own, or those of NATS_URL and MONGO_URI). On a given NATS Streaming each run leaves ' +
        'about 30 channels, which cannot be deleted. docs/concurrency.md explains what it prints.',
    )
    .option('--seed <n>', 'the same seed gives the same events and the same faults', wholeNumber(0, 2 ** 32 - 1), 7)
    .option('--aggregates <n>', 'number of tickets', wholeNumber(1, 100), 5)
    .option('--events <n>', 'events of each ticket', wholeNumber(2, 200), 8)
    .addOption(
      new Option('--strategy <name...>', 'only these (default: all)').choices(strategies.map(({ name }) => name)),
    )
    .option('--json', 'print all figures as JSON, and nothing else on standard output', false)
    .option('--html <file>', 'also write a page that shows what happened, ticket by ticket', writableFile)
    .option('--svg <file>', 'also write the most telling ticket as a picture', writableFile)
    .addOption(brokerOption())
    .addHelpText(
      'after',
      '\nExit code: 0; 1 when a strategy fails the undisturbed schedule, the disorder is too weak, the versioned listener has an\n' +
        'anomaly or the naive one has none; 2 when the command line is wrong; 130 when it is interrupted.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .exitOverride();
  refuseSwallowed(command, argv);
  command.parse(argv, { from: 'user' });
  const { seed, aggregates, events, strategy, json, html, svg, broker } = command.opts<Given>();
  if (aggregates * events > MAX_EVENTS) {
    command.error(`error: ${aggregates} tickets with ${events} events each are more than ${MAX_EVENTS} events`);
  }
  const chosen = strategies.filter(({ name }) => strategy?.includes(name) ?? true);
  return { seed, aggregates, events, strategies: chosen, json, html, svg, broker };
}

/** Checked before anything is started, not at the end. */
function writableFile(path: string): string {
  const file = userPath(path);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new InvalidArgumentError(`Its folder ${dirname(file)} is not there, or not to be written to.`);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new InvalidArgumentError('It is a folder.');
  return file;
}
