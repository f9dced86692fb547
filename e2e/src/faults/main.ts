import { brokerOption, guardOutput, refuseSwallowed, say } from '@ticketing/command-line';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type Engine, engineNames, wholeNumber } from '@ticketing/servers';
import type { FaultSystem } from './fault-system';
import { runOne } from './one-schedule';
import { FAULT_KINDS, type FaultKind, makeSchedule } from './schedule';
import { Totals } from './totals';

const SCHEDULES = 3;

let running: FaultSystem | undefined;
let stopping = false;

interface Arguments {
  readonly seed: number;
  readonly seconds: number;
  readonly minutes?: number;
  readonly faults: readonly FaultKind[];
  readonly broker: Engine;
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

The load pays half of its orders: in time, too late, twice, or with a wrong amount.

The services run with the ratio of gap patience to ack wait that is shipped. A gap that is skipped although no fault explains it is
a failure, as is all that is lost.

A schedule that does not hold prints its seed, what was done when, the history of what is broken, and where the logs are.

Exit code: 0 every schedule held, 1 one did not, 2 wrong use, 130 it was interrupted.

Examples:
  npm run test:faults -- --seed 42
  npm run test:faults -- --minutes 30 --broker jetstream
  npm run test:faults -- --faults mongo-killed,process-paused --seconds 120
`;

const program = new Command('npm run test:faults --')
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
  .helpOption('--help', 'this text')
  .addHelpText('after', HELP)
  .action(run);

async function run({ seed, seconds, minutes, faults, broker }: Arguments): Promise<void> {
  const until = minutes === undefined ? undefined : Date.now() + minutes * 60_000;
  const totals = new Totals();
  for (let n = 0; until === undefined ? n < SCHEDULES : Date.now() < until; n += 1) {
    const schedule = makeSchedule({ seed: seed + n, loadMs: seconds * 1_000, kinds: faults });
    say(`Schedule ${n + 1} on ${engineNames[broker]}, seed ${schedule.seed}:`);
    totals.add(schedule.seed, await runOne(schedule, say, (system) => (running = system), broker));
  }
  say(...totals.lines());
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

function kinds(text: string): FaultKind[] {
  const given = text.split(',').map((name) => FAULT_KINDS.find((kind) => kind === name.trim()));
  const known = given.filter((kind) => kind !== undefined);
  if (known.length < given.length) throw new InvalidArgumentError(`It must be some of ${FAULT_KINDS.join(',')}.`);
  return known;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return; // one Ctrl-C can arrive twice, from the terminal and from npm
    stopping = true;
    say(`${signal}: stopping`);
    void Promise.resolve(running?.close()).finally(() => process.exit(130));
  });
}
async function main(): Promise<void> {
  guardOutput();
  refuseSwallowed(program.exitOverride(), process.argv.slice(2));
  await program.parseAsync();
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exit(error.exitCode === 0 ? 0 : 2); // commander has said what is wrong
  }
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
