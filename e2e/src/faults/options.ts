import { brokerOption, refuseSwallowed } from '@ticketing/command-line';
import { type Engine, wholeNumber } from '@ticketing/servers';
import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_KINDS, type FaultKind } from './schedule';

/** How many schedules there are, unless they are bound by time. */
export const SCHEDULES = 3;

export interface Options {
  readonly seed: number;
  readonly seconds: number;
  /** Absent: a number of schedules. */
  readonly minutes?: number;
  readonly faults: readonly FaultKind[];
  readonly broker: Engine;
  readonly nodes: 1 | 3;
}

const HELP = `
Each schedule has every kind of fault, and a system of its own:
  nats-killed          the broker is killed and started again on its store; NATS Streaming amid a flush of each channel
  nats-away            the same, 20 s later
  store-lost           the same with an empty store; then all owners re-emit, that of the payments too
  mongo-killed         MongoDB is killed and started again on its data
  service-killed       a process of a service is killed and started again
  process-paused       one stops for longer than the ack wait, and goes on
  connections-cut      its connection to the broker is reset and refused, or open and silent
  connections-delayed  what goes through that connection comes later

With --nodes 3 the broker is a cluster of three servers. nats-killed and nats-away hit the one that leads the stream, one that does
not, or both, and with them the majority; store-lost empties the stores of all three.

The load pays half of its orders: in time, too late, twice, or with a wrong amount.

The services run with the ratio of gap patience to ack wait that is shipped. A gap that is skipped although no fault explains it is
a failure, as is all that is lost.

A schedule that does not hold prints its seed, what was done when, the history of what is broken, and where the logs are.

Exit code: 0 every schedule held, 1 one did not, 2 wrong use, 130 it was interrupted.

Examples:
  npm run test:faults -- --seed 42
  npm run test:faults -- --minutes 30 --broker jetstream --nodes 3
  npm run test:faults -- --faults mongo-killed,process-paused --seconds 120
`;

/**
 * Reads the command line.
 * @throws CommanderError when it is wrong, or for help; the message is printed already
 */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run test:faults --')
    .description(
      'Runs both services, two processes of each, with servers of their own, under load, and breaks them on purpose by ' +
        'seeded schedules; after each one an auditor compares what the services, the stream and the clients hold.',
    )
    .addOption(
      new Option('--seed <n>', 'of the first schedule; the next ones have the next numbers')
        .argParser(wholeNumber())
        .default(Date.now() % 1_000_000, 'by the clock'),
    )
    .option('--seconds <n>', 'how long the load of each schedule goes on, at least', wholeNumber(1), 60)
    .option('--minutes <n>', `begins schedules for so long, instead of ${SCHEDULES} of them`, wholeNumber(1))
    .addOption(
      new Option('--faults <kinds>', 'only these kinds, separated by commas')
        .argParser(kinds)
        .default([...FAULT_KINDS], 'all'),
    )
    .addOption(brokerOption())
    .option('--nodes <n>', 'servers of the broker: 1, or 3 that keep each message three times (JetStream)', nodes, 1)
    .helpOption('--help', 'this text')
    .addHelpText('after', HELP)
    .exitOverride();
  refuseSwallowed(command, argv);
  const options = command.parse(argv, { from: 'user' }).opts<Options>();
  if (options.nodes === 3 && options.broker !== 'jetstream') {
    command.error('error: --nodes 3 is for --broker jetstream: NATS Streaming runs as one server here');
  }
  return options;
}

function kinds(text: string): FaultKind[] {
  const given = text.split(',').map((name) => FAULT_KINDS.find((kind) => kind === name.trim()));
  const known = given.filter((kind) => kind !== undefined);
  if (known.length < given.length) throw new InvalidArgumentError(`It must be some of ${FAULT_KINDS.join(',')}.`);
  return known;
}

function nodes(text: string): 1 | 3 {
  if (text === '1') return 1;
  if (text === '3') return 3;
  throw new InvalidArgumentError('It must be 1 or 3.');
}
