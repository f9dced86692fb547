import { guardOutput, say } from '@ticketing/command-line';
import { engineNames } from '@ticketing/servers';
import { CommanderError } from 'commander';
import type { FaultSystem } from './fault-system';
import { runOne } from './one-schedule';
import { type Options, readOptions, SCHEDULES } from './options';
import { makeSchedule } from './schedule';
import { Totals } from './totals';

let running: FaultSystem | undefined;
let stopping = false;

async function run({ seed, seconds, minutes, faults, broker, nodes }: Options): Promise<void> {
  const until = minutes === undefined ? undefined : Date.now() + minutes * 60_000;
  const totals = new Totals();
  for (let n = 0; until === undefined ? n < SCHEDULES : Date.now() < until; n += 1) {
    const schedule = makeSchedule({ seed: seed + n, loadMs: seconds * 1_000, kinds: faults, nodes });
    say(`Schedule ${n + 1} on ${engineNames[broker]}${nodes === 3 ? ' (3 nodes)' : ''}, seed ${schedule.seed}:`);
    const ran = await runOne(schedule, say, (system) => (running = system), { engine: broker, nodes });
    totals.add(schedule.seed, ran);
  }
  say(...totals.lines());
  process.exitCode = totals.failed === 0 ? 0 : 1;
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
  await run(readOptions(process.argv.slice(2)));
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exit(error.exitCode === 0 ? 0 : 2); // commander has said what is wrong
  }
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
