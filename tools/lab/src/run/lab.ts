import { type Disorder, disorderOf } from '../judge/disorder';
import { disturb } from '../story/faults';
import type { RunRecord } from '../story/history';
import { judge, type Judgement } from '../judge/judge';
import { run, type RunOptions } from './run';
import { quietSchedule, type Schedule } from '../story/schedule';
import type { LabServers } from './servers';
import { type Speed, speedOf } from '../judge/speed';
import { stall, type StallResult } from './stall';
import { makeStory, type Story } from '../story/story';
import { naive } from '../strategies/naive';
import type { Strategy } from '../strategies/strategy';

export interface LabOptions {
  readonly seed: number;
  /** How many tickets. */
  readonly aggregates: number;
  /** How many events each of them has. */
  readonly events: number;
  readonly strategies: readonly Strategy[];
}

/** One strategy on one schedule: what was recorded, and what follows from it. */
export interface Judged {
  readonly schedule: Schedule;
  readonly record: RunRecord;
  readonly judgement: Judgement;
  readonly disorder: Disorder;
  readonly speed: Speed | undefined;
}

export interface StrategyResult {
  readonly strategy: Strategy;
  readonly quiet: Judged;
  readonly disorder: Judged;
}

export interface LabResult {
  readonly options: LabOptions;
  readonly sources: LabServers['sources'];
  readonly story: Story;
  readonly results: readonly StrategyResult[];
  readonly stalls: readonly StallResult[];
}

export interface LabContext {
  readonly servers: LabServers;
  /** Gets a line for each step. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The fault injector; another one only in tests. */
  readonly disturb?: (story: Story, seed: number) => Schedule;
}

/** Runs each strategy undisturbed and under disorder, one after the other. @throws AbortError when `signal` aborts */
export async function runLab(options: LabOptions, context: LabContext): Promise<LabResult> {
  const { servers, say, signal } = context;
  const story = makeStory(options.seed, options.aggregates, options.events);
  const quiet = quietSchedule(story);
  const disturbed = (context.disturb ?? disturb)(story, options.seed);
  const judged = (strategy: Strategy, schedule: Schedule) => runJudged({ servers, story, schedule, strategy, signal });

  say('warming up ...');
  await judged(naive, quiet); // so that the first strategy is not the slowest just because it is the first
  const results: StrategyResult[] = [];
  for (const strategy of options.strategies) {
    say(`${strategy.name} ...`);
    results.push({
      strategy,
      quiet: await judged(strategy, quiet),
      disorder: await judged(strategy, disturbed),
    });
  }
  const stalls = await stall(options.strategies, options.seed, context);
  return { options, sources: servers.sources, story, results, stalls };
}

/** Runs one strategy on one schedule and judges what was recorded. */
export async function runJudged(options: RunOptions): Promise<Judged> {
  const { story, schedule } = options;
  const record = await run(options);
  return {
    schedule,
    record,
    judgement: judge(story, record),
    disorder: disorderOf(record.history),
    speed: speedOf(story, record),
  };
}
