import { spawnSync } from 'node:child_process';
import type { Connection } from 'mongoose';
import type { MongoCommand } from './wire-commands';

/** Of so many documents more than it returns may a command look at the keys, and at the documents. */
const A_FEW = 5;

/** What a server does to answer a command, and what of it is wrong. */
export interface Explained {
  readonly stages: readonly string[];
  /** Empty when it goes by an index, does not sort, and looks at hardly more than it returns. */
  readonly faults: readonly string[];
}

type Explanation = Record<string, unknown>;

/** Asks a mongod how it carries out a recorded read, update or delete. @throws what a server says that cannot explain */
export async function explainCommand(connection: Connection, { body }: MongoCommand): Promise<Explained> {
  // What belongs to the session and the way of the command, and not to its plan.
  const outer = new Set(['$db', 'lsid', '$clusterTime', 'txnNumber', 'writeConcern', 'readConcern', '$readPreference']);
  const explain = Object.fromEntries(Object.entries(body).filter(([field]) => !outer.has(field)));
  // Of a batch one operation can be explained.
  for (const batch of ['updates', 'deletes']) {
    if (batch in explain) explain[batch] = (explain[batch] as unknown[]).slice(0, 1);
  }
  const reply = (await connection.db?.command({ explain, verbosity: 'executionStats' })) as Explanation;
  const planner = (reply['queryPlanner'] ?? {}) as Explanation;
  const stats = (reply['executionStats'] ?? {}) as Record<string, number>;
  const stages = stagesOf(planner['winningPlan']);
  const enough = (stats['nReturned'] ?? 0) + A_FEW;
  const faults: string[] = stages.filter((stage) => stage === 'COLLSCAN' || stage === 'SORT');
  for (const examined of ['totalKeysExamined', 'totalDocsExamined']) {
    if (stages.some((stage) => stage === 'UPDATE' || stage === 'DELETE')) continue; // they return nothing
    if ((stats[examined] ?? 0) > enough) faults.push(`${examined} ${stats[examined]}, returned ${stats['nReturned']}`);
  }
  return { stages, faults };
}

function stagesOf(plan: unknown): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const { stage, inputStage, inputStages, queryPlan } = plan as Explanation;
  const below = [inputStage, queryPlan, ...(Array.isArray(inputStages) ? (inputStages as unknown[]) : [])];
  return [...(typeof stage === 'string' ? [stage] : []), ...below.flatMap(stagesOf)];
}

const TRY_EXPLAIN = `
  const { mongo } = require(process.argv[1]);
  const client = new mongo.MongoClient(process.argv[2], { serverSelectionTimeoutMS: 3000 });
  const plan = () => client.db('explains').command({ explain: { find: 'any', filter: {} } });
  plan().then(({ queryPlanner }) => process.exit(queryPlanner ? 0 : 1), () => process.exit(1));
`;

/** Whether the server explains its plans; asked once, while a test file is loaded, so that its tests can be skipped. */
export function explainsPlans(url: string): boolean {
  const { status } = spawnSync(process.execPath, ['-e', TRY_EXPLAIN, require.resolve('mongoose'), url], {
    timeout: 10_000,
  });
  return status === 0;
}
