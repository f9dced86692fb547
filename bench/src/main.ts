import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { CommandError, runProgram } from '@ticketing/command-line';
import { wholeNumber } from '@ticketing/servers';
import { Command, Option } from 'commander';
import { cases } from './cases';
import type { BenchCase, Side, Size } from './bench-case';
import type { BenchResult, CaseResult } from './result';
import { runCase } from './run-case';
import { openMongo, World } from './world';

const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Options {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly case?: string[];
  readonly json?: string;
}

async function bench(chosen: readonly BenchCase[], size: Size, rounds: number): Promise<BenchResult> {
  const mongo = await openMongo(say);
  let natsSource = '';
  const measure = async (side: Side) => {
    const world = await World.open(mongo.server);
    natsSource = world.nats.source;
    try {
      return await side(world, size);
    } finally {
      await world.close();
    }
  };
  try {
    const results: CaseResult[] = [];
    for (const benchCase of chosen) results.push(await runCase(benchCase, { ...size, rounds, measure, say }));
    return {
      at: new Date().toISOString(),
      quick: size.quick,
      machine: {
        cpus: cpus().length,
        model: cpus()[0]?.model ?? 'unknown',
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        node: process.version,
      },
      servers: { mongo: mongo.server.source, nats: natsSource },
      cases: results,
    };
  } finally {
    await mongo.close();
  }
}

async function main(options: Options): Promise<void> {
  const chosen = cases.filter(({ name }) => !options.case || options.case.includes(name));
  const quick = options.quick ?? false;
  const result = await bench(chosen, { quick }, options.rounds ?? (quick ? 1 : 5));
  if (options.json) await writeFile(options.json, JSON.stringify(result, undefined, 2));
  const broken = result.cases.flatMap(({ name, broken: found }) => found.map((what) => `${name}: ${what}`));
  if (broken.length > 0) throw new CommandError(broken.join('\n'), 1);
}

const program = new Command('npm run bench --')
  .exitOverride()
  .option('--quick', 'small amounts and one round: enough to see that nothing is lost, wrong or stuck')
  .option('--rounds <n>', 'rounds of each case', wholeNumber(1, 100))
  .addOption(new Option('--case <name...>', 'only these cases').choices(cases.map(({ name }) => name)))
  .option('--json <file>', 'write all figures there')
  .action(main);

void runProgram(program);
