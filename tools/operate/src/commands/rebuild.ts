import { CommandError, say, sayJson } from '@ticketing/command-line';
import type { Broker, Subject } from '@ticketing/common';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { messagesHeld } from '../cli/messages-held';
import { withProgress } from '../cli/progress';
import type { RebuildStep } from '../rebuild/rebuild-replica';
import type { CompleteStates } from '../states/complete-states';

const HELP = `
It reads the history of tickets from the broker into a fresh collection and swaps that in, while orders runs; events that arrive
meanwhile are applied. Killed before the swap it has changed nothing; killed after it, run it again.

On JetStream it reads the states of the tickets (npm run ops -- states) and the events after them, if those are complete,
and else the whole history; it says which.

It refuses when the broker no longer holds the whole history. Then let tickets re-emit its state, with the environment of the
service, and say so:
  node services/tickets/dist/re-emit.js
  npm run ops -- rebuild --re-emitted

It also refuses when the present replica has tickets or versions that the history lacks. A new store of the broker looks like
a whole history: after a lost store always let tickets re-emit first.

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

/** `rebuild`: rebuilds orders' replica of the tickets, while orders runs. */
export function addRebuild(program: Command): void {
  const command = program
    .command('rebuild')
    .description('rebuilds the ticket replica of orders from the channels, and swaps it in')
    .option('--re-emitted', 'tickets has re-emitted its state: use that instead of the lost history')
    .option('--force', 'even if the present replica has tickets or versions that the history lacks')
    .option('--history', 'reads the whole history, also where states could stand for it (JetStream)')
    .option('--json', 'prints what was rebuilt as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'mongo', 'ordersMongo', 'nats', 'clusterId', 'broker');
  command.action(async ({ reEmitted = false, force = false, history = false, json = false }: RebuildCommandOptions) => {
    const addresses = addressesOf(command, process.env);
    const [ordersUri, natsUrl] = [need(addresses, 'orders'), need(addresses, 'nats')];
    const onStep = (step: RebuildStep) => {
      if (!process.stderr.isTTY) process.stderr.write(`${SAID[step]} ...\n`); // a terminal has the bar
    };
    const [{ rebuildReplica }, { RebuildRefusedError }, { ticketReplica }, connections] = await Promise.all([
      import('../rebuild/rebuild-replica.js'),
      import('../rebuild/errors.js'),
      import('@ticketing/orders/dist/ticket-replica/ticket.js'),
      import('../cli/connections.js'),
    ]);
    const { withBroker, withDatabase } = connections;
    const rebuilt = await withDatabase(ordersUri, (connection) =>
      withBroker(natsUrl, addresses, async (broker) => {
        const states = history ? undefined : await statesFor(broker, ticketReplica.subjects);
        const options = { connection, broker, replica: ticketReplica, states, reEmitted, force, onStep };
        const total = () => messagesHeld(broker, ticketReplica.subjects);
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
    else say(`Rebuilt ${aggregates} tickets from ${from}${events} events; ${unreadable} were unreadable.`);
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
