import { Command, InvalidArgumentError } from 'commander';
import type { FaultSystem } from './fault-system';
import { runOne } from './one-schedule';
import { FAULT_KINDS, type FaultKind, makeSchedule } from './schedule';
import { Totals } from './totals';

const SCHEDULES = 3;

const say = (line: string) => void process.stdout.write(`${line}\n`);
let running: FaultSystem | undefined;

interface Arguments {
  readonly seed: number;
  readonly seconds: number;
  readonly minutes?: number;
  readonly faults: readonly FaultKind[];
}

const program = new Command('npm run test:faults --')
  .description(
    'Runs both services, two processes of each, with servers of their own, under load, and breaks them on purpose by ' +
      'seeded schedules; after each one an auditor compares what the services, the stream and the clients hold.',
  )
  .option(
    '--seed <n>',
    'of the first schedule; the next ones have the next numbers',
    wholeNumber,
    Date.now() % 1_000_000,
  )
  .option('--seconds <n>', 'how long each schedule takes, without start and audit', wholeNumber, 60)
  .option('--minutes <n>', `begins schedules for so long, instead of ${SCHEDULES} of them`, wholeNumber)
  .option('--faults <kinds>', `some of ${FAULT_KINDS.join(',')}`, kinds, [...FAULT_KINDS])
  .helpOption('--help', 'this text')
  .action(run);

async function run({ seed, seconds, minutes, faults }: Arguments): Promise<void> {
  const until = minutes === undefined ? undefined : Date.now() + minutes * 60_000;
  const totals = new Totals();
  for (let n = 0; until === undefined ? n < SCHEDULES : Date.now() < until; n += 1) {
    const schedule = makeSchedule({ seed: seed + n, loadMs: seconds * 1_000, kinds: faults });
    say(`Schedule ${n + 1}, seed ${schedule.seed}:`);
    totals.add(schedule.seed, await runOne(schedule, say, (system) => (running = system)));
  }
  totals.lines().forEach(say);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function kinds(text: string): FaultKind[] {
  const given = text.split(',').map((name) => FAULT_KINDS.find((kind) => kind === name.trim()));
  const known = given.filter((kind) => kind !== undefined);
  if (known.length < given.length) throw new InvalidArgumentError(`It must be some of ${FAULT_KINDS.join(',')}.`);
  return known;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say(`${signal}: stopping`);
    void Promise.resolve(running?.close()).finally(() => process.exit(130));
  });
}
void program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
