import { say, sayJson, table } from '@ticketing/command-line';
import { wholeNumber } from '@ticketing/servers';
import type { Command } from 'commander';
import { withProgress } from '../../cli/progress';
import { awaitRedriven, type Fate } from './await-redriven';
import { addLetterOptions, chooseLetters, type LetterOptions, withLetters } from './letters';

const HELP = `
Fix the cause first. The service's next sweep (EVENT_SWEEP_MS) handles the letter again. On success it is gone, and also when its
version was passed meanwhile. It is dead again at once when it can never succeed, and after MAX_ATTEMPTS failures, one per
ACK_WAIT_MS, when its handler throws. While no service runs it waits.

Exit code with --wait: 0 when all were handled, else 1.

Examples:
  npm run ops -- dead-letters redrive 'tickets-service|order:created|12|1700000000000' --wait 10000
  npm run ops -- dead-letters redrive --all --service orders
`;

interface RedriveOptions extends LetterOptions {
  readonly all?: true;
  readonly wait?: number;
}

/** `dead-letters redrive`: lets the service try letters again; with `--wait`, the result of each. */
export function addRedrive(parent: Command): void {
  const command = parent
    .command('redrive')
    .description('asks the service to handle dead letters again')
    .argument('[ids...]', 'as `dead-letters list` shows them')
    .option('--all', 'all that are dead')
    .option('--wait <ms>', 'waits this time for the service, and reports the result of each', wholeNumber())
    .addHelpText('after', HELP);
  addLetterOptions(command).action(async (ids: string[], options: RedriveOptions) => {
    const fates = await withLetters(command, options, async (all) => {
      const chosen = await chooseLetters(all, ids, options.all && { state: 'dead' });
      await withProgress('redriving', chosen.length, async (progress) => {
        for (const [index, { store, letter }] of chosen.entries()) {
          await store.redrive(letter._id);
          progress(index + 1);
        }
      });
      const wait = options.wait ?? 0;
      return withProgress('with a result', chosen.length, (progress) => awaitRedriven(chosen, wait, progress));
    });
    if (options.json) sayJson([...fates].map(([id, fate]) => ({ id, fate })));
    else if (fates.size === 0) say('No dead letters.');
    else
      say(
        table(
          ['fate', 'id'],
          [...fates].map(([id, fate]): [Fate, string] => [fate, id]),
        ),
      );
    const handled = [...fates.values()].every((fate) => fate === 'handled');
    if (options.wait !== undefined && !handled) process.exitCode = 1;
  });
}
