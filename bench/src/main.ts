import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerOption, CommandError, runProgram, say, sayJson, tell, userPath } from '@ticketing/command-line';
import { explainsPlans } from '@ticketing/testing';
import { type Engine, engineNames, wholeNumber } from '@ticketing/servers';
import { Command, Option } from 'commander';
import { cases } from './cases';
import { besideStreaming } from './cases/beside-streaming';
import { growth } from './growth/growth';
import { page, printTable, svg } from './report';
import { origin } from './rounds/origin';
import type { BenchResult, CaseResult } from './rounds/result';
import { runCase, type RunOptions } from './rounds/run-case';
import { scaling } from './scaling/scaling';
import { streamRates } from './scaling/streams';
import { soak } from './soak/soak';
import { keep, keptIn } from './trend/kept';
import { trendOf } from './trend/slower';
import { withWorlds } from './world/worlds';

interface Options {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly case?: string[];
  readonly json?: string;
  readonly html?: string;
  readonly svg?: string;
  readonly engine?: true;
}

const KEPT = join(__dirname, '..', '..', 'docs', 'bench');

/** Files that a run leaves. */
const asJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

async function runCases({ quick = false, rounds = quick ? 1 : 5, ...options }: Options): Promise<void> {
  const measured = origin();
  const broker = options.engine ? 'jetstream' : engineOf(program);
  const named = cases.filter(({ name }) => !options.case || options.case.includes(name));
  const chosen = options.engine ? named.map(besideStreaming) : named;
  const result = await withWorlds(broker, tell, async (inWorld, mongo): Promise<BenchResult> => {
    let nats = '';
    const measure: RunOptions['measure'] = (side, engine) =>
      inWorld((world) => {
        if (world.engine === broker) nats = world.nats.source;
        return side(world, { quick });
      }, engine);
    const results: CaseResult[] = [];
    for (const benchCase of chosen) results.push(await runCase(benchCase, { quick, rounds, measure, say: tell }));
    return {
      at: new Date().toISOString(),
      quick,
      ...measured,
      servers: { mongo: mongo.source, broker: engineNames[broker], nats },
      cases: results,
    };
  });
  say(printTable(result));
  if (options.json) await writeFile(options.json, asJson(result));
  if (options.html) await writeFile(options.html, page(result));
  if (options.svg) await writeFile(options.svg, svg(result));
  fail(result.cases.flatMap(({ name, broken }) => broken.map((what) => `${name}: ${what}`)));
}

/** Of the program or of its subcommand; both take it. */
function engineOf(command: Command): Engine {
  return command.opts<{ broker: Engine }>().broker;
}

/** Keeps a run and compares the two newest versions that are kept. Never fails by a figure. @throws CommandError */
async function trend(file: string | undefined): Promise<void> {
  if (file !== undefined) {
    const result = JSON.parse(await readFile(file, 'utf8')) as BenchResult;
    if (result.quick !== false)
      throw new CommandError('That is no run of --json without --quick, so it measures nothing.');
    if (result.cases.some(({ broken }) => broken.length > 0))
      throw new CommandError('That run is broken: it is not kept.');
    await keep(KEPT, result);
  }
  const [before, now] = (await keptIn(KEPT)).slice(-2);
  if (!before || !now) return tell(`There is nothing to compare: ${KEPT} has the runs of fewer than two versions.`);
  const { lines, warnings } = trendOf(before, now);
  say(...lines);
  tell(...warnings.map((warning) => `WARNING: ${warning}`));
}

/** Times do not fail a run; anything lost, wrong or stuck does. @throws CommandError */
function fail(broken: readonly string[]): void {
  if (broken.length > 0) throw new CommandError(`BROKEN\n${broken.join('\n')}`, 1);
}

const program = new Command('npm run bench --')
  .exitOverride()
  .enablePositionalOptions()
  .description('Measures the system beside its ceilings on fresh servers. Fails only on what is lost, wrong or stuck.')
  .option('--quick', 'small amounts and one round: enough to see that nothing is lost, wrong or stuck')
  .option('--rounds <n>', 'rounds of each case (default: 5)', wholeNumber(1, 100))
  .addOption(new Option('--case <name...>', 'only these cases').choices(cases.map(({ name }) => name)))
  .option('--json <file>', 'write all figures there', (file: string) => userPath(file))
  .option('--html <file>', 'write the figures as a page there', (file: string) => userPath(file))
  .option('--svg <file>', 'write the figures as a picture there', (file: string) => userPath(file))
  .addOption(brokerOption())
  .option('--engine', 'measure each case on both brokers in the same rounds: JetStream, beside NATS Streaming')
  .action(runCases);

program
  .command('soak')
  .description('memory of the services under load for some minutes')
  .option('--minutes <n>', 'how long', wholeNumber(1, 1_440), 10)
  .addOption(brokerOption())
  .action(async ({ minutes }: { minutes: number }, command: Command) => {
    const result = await withWorlds(engineOf(command), tell, (inWorld) =>
      inWorld((world) => soak(world, minutes, tell)),
    );
    sayJson(result);
    fail(result.broken);
  });

program
  .command('growth')
  .description('what an operation costs with more and more tickets')
  .addOption(brokerOption())
  .action(async (_options: unknown, command: Command) => {
    const results = await withWorlds(engineOf(command), tell, (inWorld, mongo) =>
      growth(inWorld, explainsPlans(mongo.url), tell),
    );
    sayJson(results);
    fail(results.flatMap(({ broken }) => broken));
  });

program
  .command('scaling')
  .description('1, 2 and 4 processes of each service in their queue groups, beside the model of docs/scaling.md')
  .option('--json <file>', 'write all figures there', (file: string) => userPath(file))
  .addOption(brokerOption())
  .action(async ({ json }: { json?: string }, command: Command) => {
    const result = await withWorlds(engineOf(command), tell, (inWorld) => scaling(inWorld, tell));
    sayJson(result);
    if (json) await writeFile(json, asJson(result));
    fail(result.broken);
  });

program
  .command('streams')
  .description('what JetStream stores on one local server and on three, by connections, streams and groups')
  .action(async () => {
    const rates = await streamRates(tell);
    sayJson(rates);
    fail(rates.flatMap(({ broken }) => broken));
  });

program
  .command('trend')
  .description('compares the ratios of the two newest versions in docs/bench, and warns of those that are 10 % worse')
  .argument('[file]', 'first keep this run, which --json has written', (file: string) => userPath(file))
  .action(trend);

void runProgram(program);
