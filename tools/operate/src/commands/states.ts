import { CommandError, say, sayJson } from '@ticketing/command-line';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { messagesHeld } from '../cli/messages-held';
import { withProgress } from '../cli/progress';
import { addReplicaOption, replicaOf } from '../cli/replicas';

const HELP = `
The stream ticketing-ticket-states has one message for each ticket, its newest event; so for each kind of aggregate. This command reads the events that
came since its last run, and puts the states that are newer. A rebuild reads the states instead of the history, and a
history that is in them may be trimmed. Run it as often as you like, such as every hour by cron: killed at any time, or
beside others, it does no harm.

The first run reads the whole history, and refuses when that is not whole. Then let the owner re-emit its state first, and
say so with --re-emitted.

Exit code: 0 up to date, 1 refused, 2 wrong use, or a server that cannot be reached, or no JetStream.

Examples:
  npm run ops -- states --broker jetstream
  npm run -s ops -- states --broker jetstream --nats nats://broker:4222 --json
`;

interface StatesCommandOptions {
  readonly reEmitted?: boolean;
  readonly json?: boolean;
}

/** `states`: brings the states that a replica is made of up to the newest events. */
export function addStates(program: Command): void {
  const command = program
    .command('states')
    .description('brings the compacted stream of states up to date, from which a replica is rebuilt (JetStream)')
    .option('--re-emitted', 'the owner has re-emitted its state: use that instead of the lost history')
    .option('--json', 'prints what was done as JSON')
    .addHelpText('after', HELP);
  addReplicaOption(command);
  addAddressOptions(command, 'nats', 'clusterId', 'broker');
  command.action(async ({ reEmitted = false, json = false }: StatesCommandOptions) => {
    const addresses = addressesOf(command, process.env);
    const natsUrl = need(addresses, 'nats');
    const [{ projectStates }, { statesAbout }, { IncompleteHistoryError }, { withBroker }] = await Promise.all([
      import('../states/project-states.js'),
      import('../states/complete-states.js'),
      import('../rebuild/errors.js'),
      import('../cli/connections.js'),
    ]);
    const { subjects } = (await replicaOf(command)).replica;
    const done = await withBroker(natsUrl, addresses, (broker) => {
      const states = statesAbout(broker, subjects);
      if (!states) throw new CommandError('Only JetStream keeps states: say --broker jetstream.');
      return withProgress(
        'reading events',
        () => messagesHeld(broker, subjects),
        (onProgress) => projectStates({ broker, states, subjects, reEmitted, onProgress }),
      );
    }).catch((error: unknown) => {
      throw error instanceof IncompleteHistoryError ? new CommandError(`No states: ${error.message}.`, 1) : error;
    });
    const { continued, events, unreadable, put, states } = done;
    const what = continued ? 'new events' : 'events, the whole history';
    if (json) sayJson(done);
    else say(`Read ${events} ${what}, put ${put} states of ${states}; ${unreadable} messages were unreadable.`);
  });
}
