import type { Command } from 'commander';
import { addDrop } from './drop';
import { addList } from './list';
import { addRedrive } from './redrive';
import { addShow } from './show';

const HELP = `
A dead letter is a message that a service could not handle, kept whole in that service's own database. An id has bars in it: quote it.

Examples:
  npm run ops -- dead-letters list
  npm run ops -- dead-letters show 'orders-service|ticket:created|5|1700000000000'
  npm run ops -- dead-letters redrive --all --wait 10000
`;

/** `dead-letters`: shows, redrives and drops messages that could not be handled. */
export function addDeadLetters(program: Command): void {
  const command = program
    .command('dead-letters')
    .description('lists, shows, redrives and drops messages that could not be handled')
    .helpCommand(false)
    .addHelpText('after', HELP);
  addList(command);
  addShow(command);
  addRedrive(command);
  addDrop(command);
}
