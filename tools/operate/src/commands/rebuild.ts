import { CommandError, say, sayJson } from '@ticketing/command-line';
import type { Broker, Subject } from '@ticketing/common';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { messagesHeld } from '../cli/messages-held';
import { withProgress } from '../cli/progress';
import { addReplicaOption, replicaOf } from '../cli/replicas';
import type { RebuildStep } from '../rebuild/rebuild-replica';
import type { CompleteStates } from '../states/complete-states';

const HELP = `
It reads the history of the owner from the broker into a fresh collection and swaps that in, while the keeper runs; events that arrive
meanwhile are applied. Killed before the swap it has changed nothing; killed after it, run it again.

On JetStream it reads the states of the aggregates (npm run ops -- states) and the events after them, if those are complete,
and else the whole history; it says which.

It refuses when the broker no longer holds the whole history. Then let the owner re-emit its state, with the environment of the
service, and say so:
  node services/OWNER/dist/re-emit.js
  npm run ops -- rebuild --re-emitted

It also refuses when the present replica has aggregates or versions that the history lacks. A new store of the broker looks like
a whole history: after a lost store always let the owner re-emit first.

Exit code: 0 rebuilt, 1 refused and nothing changed, 2 wrong use, or a server that cannot be reached.

Examples:
  npm run ops -- rebuild
  npm run ops -- rebuild --orders-mongo mongodb://db:27017/orders --nats nats://broker:4222 --json
`;

const SAID: Readonly<Record<RebuildStep, string>> = {
  reading: 'reading the history into a fresh collection',
  swapping: 'the history is read; swapping the collections',
  'catching up': 'swapped; catching up with what came meanwhile',
};

interface RebuildCommandOptions {
  readonly reEmitted?: boolean;
  readonly force?: boolean;
  readonly history?: boolean;
  readonly json?: boolean;
}

/** `rebuild`: rebuilds a replica, while the service that keeps it runs. */
export function addRebuild(program: Command): void {
  const command = program
    .command('rebuild')
    .description('rebuilds a replica from the channels, and swaps it in')
    .option('--re-emitted', 'the owner has re-emitted its state: use that instead of the lost history')
    .option('--force', 'even if the present replica has aggregates or versions that the history lacks')
    .option('--history', 'reads the whole history, also where states could stand for it (JetStream)')
    .option('--json', 'prints what was rebuilt as JSON')
    .addHelpText('after', HELP);
  addReplicaOption(command);
  addAddressOptions(command, 'databases', 'nats', 'clusterId', 'broker');
  command.action(async ({ reEmitted = false, force = false, history = false, json = false }: RebuildCommandOptions) => {
    const addresses = addressesOf(command, process.env);
    const { keeper, replica } = await replicaOf(command);
    const [databaseUri, natsUrl] = [need(addresses, keeper), need(addresses, 'nats')];
    const onStep = (step: RebuildStep) => {
      if (!process.stderr.isTTY) process.stderr.write(`${SAID[step]} ...\n`); // a terminal has the bar
    };
    const [{ rebuildReplica }, { RebuildRefusedError }, connections] = await Promise.all([
      import('../rebuild/rebuild-replica.js'),
      import('../rebuild/errors.js'),
      import('../cli/connections.js'),
    ]);
    const { withBroker, withDatabase } = connections;
    const rebuilt = await withDatabase(databaseUri, (connection) =>
      withBroker(natsUrl, addresses, async (broker) => {
        const states = history ? undefined : await statesFor(broker, replica.subjects);
        const options = { connection, broker, replica, states, reEmitted, force, onStep };
        const total = () => messagesHeld(broker, replica.subjects);
        return withProgress('reading events', states ? states.reach.states : total, (onProgress) =>
          rebuildReplica({ ...options, onProgress }),
        );
      }),
    ).catch((error: unknown) => {
      throw error instanceof RebuildRefusedError
        ? new CommandError(`Nothing was changed: ${error.message}.`, 1)
        : error;
    });
    const { aggregates, events, unreadable } = rebuilt;
    const from = rebuilt.states === undefined ? '' : `${rebuilt.states} states and `;
    if (json) sayJson(rebuilt);
    else
      say(`Rebuilt ${aggregates} ${replica.collection} from ${from}${events} events; ${unreadable} were unreadable.`);
  });
}

/** The states, if they can stand for the history. Says on standard error why they cannot. */
async function statesFor(broker: Broker, subjects: readonly Subject[]): Promise<CompleteStates | undefined> {
  const { completeStates, statesAbout } = await import('../states/complete-states.js');
  const states = statesAbout(broker, subjects);
  if (!states) return undefined;
  const complete = await completeStates(broker, states, subjects);
  if (typeof complete !== 'string') return complete;
  process.stderr.write(`no states (${complete}): the whole history is read\n`);
  return undefined;
}
