import { brokerOption, guardOutput, refuseSwallowed, say } from '@ticketing/command-line';
import { Command, CommanderError } from 'commander';
import { type Engine, wholeNumber } from '@ticketing/servers';
import { TestSystem } from '../system/system.helper';
import { fuzz } from './fuzz';

interface Arguments {
  readonly seed: number;
  readonly seconds: number;
  readonly examples: number;
  readonly broker: Engine;
}

async function run({ seed, seconds, examples, broker }: Arguments): Promise<void> {
  const system = await TestSystem.open({}, { engine: broker });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    await Promise.all([system.start('tickets'), system.start('orders')]);
    await fuzz({ url: system.url, seed, seconds, examples, say, signal: stop.signal });
  } finally {
    await system.close();
  }
}

const program = new Command('npm run test:fuzz --')
  .description(
    'Starts both services with servers of their own and sends what the OpenAPI document allows, and what it does not, by ' +
      'schemathesis (by pip: needs Python 3.10 or later). Fails on a 5xx, and on a reply that is not documented.',
  )
  .option('--seconds <n>', 'how long to go on', wholeNumber(1), 300)
  .option('--examples <n>', 'requests of each kind to one operation, before it begins again', wholeNumber(1), 200)
  .option('--seed <n>', 'the same seed sends the same', wholeNumber(), Date.now() % 1_000_000)
  .addOption(brokerOption())
  .action(run)
  .exitOverride();

async function main(): Promise<void> {
  guardOutput();
  refuseSwallowed(program, process.argv.slice(2));
  await program.parseAsync();
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  // The failed checks are in the report already; the first line says why it ended.
  process.stderr.write(`${String(error).split('\n')[0]?.slice(0, 200) ?? ''}\n`);
  process.exit(1);
});
