import { CommandError, say, sayJson, table } from '@ticketing/command-line';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { messagesHeld } from '../cli/messages-held';
import { withProgress } from '../cli/progress';
import { keepers } from '../cli/replicas';
import type { PlanOptions, Plan } from '../forget/plan';

const HELP = `
Somebody has published by hand: an aggregate that nobody owns, or a version or state that its owner never had. The broker cannot take
a message back. So the audit and a rebuild leave it out from now on (collection forgotten_messages). The replica gets back what the
owner has, or an end where nobody owns the aggregate, and dead letters of these messages are dropped.

Without --yes it only says what it would do. It reads all databases and channels into memory. What is not even an event is a dead
letter: npm run ops -- dead-letters drop. A reservation is a ticket's own state, so what an order published by hand did to it stays.

Exit code: 0 nothing to forget, or forgotten; 1 something is to be forgotten, or cannot be; 2 wrong use, or a server that cannot be reached.

Examples:
  npm run ops -- forget
  npm run ops -- forget 6565f0c2a1b2c3d4e5f60718 --yes
  npm run -s ops -- forget --all --yes --json
`;

const NO_TICKETS = 'Nothing was changed: there are no tickets. Are these the right databases? Else give the ids.';

interface ForgetOptions {
  readonly all?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `forget`: leaves out what somebody published by hand, and repairs what it has changed. */
export function addForget(program: Command): void {
  const command = program
    .command('forget')
    .description('lists, and with --yes forgets, what was published by hand and no owner knows')
    .argument('[ids...]', 'of aggregates; without any it looks at all')
    .option('--all', 'with --yes: all that it lists')
    .option('--yes', 'does it')
    .option('--json', 'prints the result as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'databases', 'nats', 'clusterId', 'broker');
  command.action(async (ids: string[], { all, yes, json }: ForgetOptions) => {
    if (ids.length > 0 && all) throw new CommandError('Give either ids or --all, not both.');
    if (yes && ids.length === 0 && !all) throw new CommandError('Which aggregates? Give their ids, or --all.');
    const addresses = addressesOf(command, process.env);
    const natsUrl = need(addresses, 'nats');
    const [{ contracts }, { planForgetting }, { withBroker, withDatabases }] = await Promise.all([
      import('@ticketing/common'),
      import('../forget/plan.js'),
      import('../cli/connections.js'),
    ]);
    const plans = await withDatabases(addresses, async (databases) => {
      const { plans: found, tickets } = await withBroker(natsUrl, addresses, (broker) =>
        withProgress(
          'reading events',
          () => messagesHeld(broker, Object.keys(contracts)),
          (onRead) => planForgetting({ databases, broker, onRead }),
        ),
      );
      const chosen = choose(found, ids);
      if (all && chosen.length > 0 && tickets === 0) throw new CommandError(NO_TICKETS, 1);
      if (yes) await carryOut(chosen, databases);
      return chosen;
    });
    if (json) sayJson(plans.map((plan) => inJson(plan, yes === true)));
    else tell(plans, yes === true);
    if (!yes && plans.length > 0) process.exitCode = 1;
  });
}

/** @throws CommandError, exit code 1, for an aggregate of which nothing is to be forgotten */
function choose(found: readonly Plan[], ids: readonly string[]): readonly Plan[] {
  const nothing = ids.filter((id) => !found.some(({ aggregateId }) => aggregateId === id));
  if (nothing.length === 0)
    return ids.length > 0 ? found.filter(({ aggregateId }) => ids.includes(aggregateId)) : found;
  throw new CommandError(`Nothing of ${nothing.join(', ')} is to be forgotten. See: npm run ops -- forget`, 1);
}

async function carryOut(plans: readonly Plan[], databases: PlanOptions['databases']): Promise<void> {
  const [{ forget }, { replicasOf }] = await Promise.all([
    import('../forget/forget.js'),
    import('@ticketing/services/code'),
  ]);
  const replicas = keepers.flatMap((keeper) =>
    replicasOf(keeper).map((replica) => ({ connection: databases[keeper], replica })),
  );
  for (const plan of plans) await forget(plan, databases, replicas);
}

const ownerOf = ({ owner }: Plan) => (owner ? `${owner.name} at version ${owner.state.version}` : 'nobody');
const messageOf = ({ subject, sequence, version }: Plan['foreign'][number]) =>
  `${subject} ${sequence} (version ${version})`;

function alsoOf({ owner, inReplica, letters }: Plan): string {
  const replica = inReplica ? [owner ? 'the replica gets what its owner has' : 'the replica ends'] : [];
  return [...replica, ...(letters.length > 0 ? [`${letters.length} dead letters are dropped`] : [])].join('; ');
}

function tell(plans: readonly Plan[], done: boolean): void {
  if (plans.length === 0) return say('Nothing is to be forgotten.');
  const rows = plans.map((plan) => [
    ...[plan.aggregateId, ownerOf(plan), plan.foreign.map(messageOf).join(', '), alsoOf(plan)],
  ]);
  say(table(['aggregate', 'its owner', 'published by somebody else', 'also'], rows), '');
  for (const stays of new Set(plans.flatMap((plan) => plan.stays))) say(`This stays: ${stays}`);
  const what = `${plans.reduce((sum, { foreign }) => sum + foreign.length, 0)} messages of ${plans.length} aggregates`;
  say(
    done
      ? `Forgot ${what}. See: npm run audit`
      : `Nothing was changed. To forget these ${what}: npm run ops -- forget --all --yes`,
  );
}

function inJson(plan: Plan, forgotten: boolean): object {
  const { aggregateId, owner, foreign, inReplica, letters, stays } = plan;
  return {
    ...{ aggregateId, owner: owner ? owner.name : null, forgotten, inReplica, stays },
    messages: foreign.map(({ subject, sequence, version, payload }) => ({ subject, sequence, version, payload })),
    deadLetters: letters.map(({ document }) => document._id),
  };
}
