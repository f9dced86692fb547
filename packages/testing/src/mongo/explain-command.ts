import { spawnSync } from 'node:child_process';
import type { Connection } from 'mongoose';
import { queryNames } from './unserved-queries';
import type { MongoCommand } from './wire-commands';

/** How many more keys and documents than it returns a command may examine. */
const A_FEW = 5;

export type Explanation = Readonly<Record<string, unknown>>;

/**
 * Asks a mongod for the plans of recorded reads, updates and deletes, each shape once. Returns the problems: a plan
 * without an index, with a sort, or that examines much more than it returns. @throws when it cannot explain
 */
export async function faultyPlans(connection: Connection, commands: readonly MongoCommand[]): Promise<string[]> {
  const named = commands.map((command) => [queryNames(command)[0], command] as const);
  const faulty: string[] = [];
  for (const [name, command] of new Map(named)) {
    if (name === undefined) continue;
    const faults = faultsOf(await explain(connection, command));
    if (faults.length > 0) faulty.push(`${name}: ${faults.join(', ')}`);
  }
  return faulty;
}

async function explain(connection: Connection, { body }: MongoCommand): Promise<Explanation> {
  // What belongs to the session and the way of the command, and not to its plan.
  const outer = new Set(['$db', 'lsid', '$clusterTime', 'txnNumber', 'writeConcern', 'readConcern', '$readPreference']);
  const command = Object.fromEntries(Object.entries(body).filter(([field]) => !outer.has(field)));
  // Of a batch one operation can be explained.
  for (const batch of ['updates', 'deletes']) {
    if (batch in command) command[batch] = (command[batch] as unknown[]).slice(0, 1);
  }
  const { db } = connection;
  if (!db) throw new Error('not connected to MongoDB');
  return db.command({ explain: command, verbosity: 'executionStats' });
}

/** The problems of a plan, by the reply of `explain` with executionStats. Pure. */
export function faultsOf(reply: Explanation): string[] {
  const { queryPlanner, executionStats } = plannedPart(reply);
  const stages = stagesOf((queryPlanner as Explanation)['winningPlan']);
  const faults: string[] = stages.filter((stage) => stage === 'COLLSCAN' || stage === 'SORT');
  const writes = stages.some((stage) => /(^|_)(UPDATE|UPSERT|DELETE)$/.test(stage)); // EXPRESS_UPDATE, BATCHED_DELETE
  if (writes) return faults; // these return nothing
  const stats = executionStats as Record<string, number>;
  for (const examined of ['totalKeysExamined', 'totalDocsExamined']) {
    const [looked = 0, returned = 0] = [stats[examined], stats['nReturned']];
    if (looked > returned + A_FEW) faults.push(`${examined} ${looked}, returned ${returned}`);
  }
  return faults;
}

/** Of a pipeline mongod plans the part that reads the collection: alone, or as the first of its stages. */
function plannedPart(reply: Explanation): Explanation {
  const [first] = (reply['stages'] ?? []) as { $cursor?: Explanation }[];
  return first?.$cursor ?? reply;
}

/** All stages of a plan. The slot-based engine puts them under `queryPlan`. */
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
