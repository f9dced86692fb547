import { createInterface } from 'node:readline/promises';
import { CommandError, say, sayJson } from '@ticketing/command-line';
import type { Command } from 'commander';
import { withProgress } from '../../cli/progress';
import { addLetterOptions, chooseLetters, type LetterOptions, withLetters } from './letters';

const HELP = `
No service handles a dropped letter. On a terminal the command asks first; elsewhere it needs --yes.

Examples:
  npm run ops -- dead-letters drop 'orders-service|ticket:created|5|1700000000000'
  npm run -s ops -- dead-letters drop --all --service orders --yes --json
`;

interface DropOptions extends LetterOptions {
  readonly all?: true;
  readonly yes?: true;
}

/** `dead-letters drop`: deletes letters for good, after asking. */
export function addDrop(parent: Command): void {
  const command = parent
    .command('drop')
    .description('deletes dead letters')
    .argument('[ids...]', 'as `dead-letters list` shows them')
    .option('--all', 'all of them')
    .option('--yes', 'does not ask')
    .addHelpText('after', HELP);
  addLetterOptions(command).action(async (ids: string[], options: DropOptions) => {
    const dropped = await withLetters(command, options, async (all) => {
      const chosen = await chooseLetters(all, ids, options.all && {});
      if (chosen.length > 0 && !options.yes) await confirm(`Drop ${chosen.length} dead letters for good?`);
      return withProgress('dropping', chosen.length, async (progress) => {
        const gone: string[] = [];
        for (const { store, letter } of chosen) {
          if (await store.drop(letter._id)) gone.push(letter._id);
          progress(gone.length);
        }
        return gone;
      });
    });
    if (options.json) sayJson({ dropped });
    else say(`Dropped ${dropped.length} dead letters.`);
  });
}

/** @throws CommandError when the answer is not yes, or there is no terminal to ask */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CommandError(`${question} Nobody can be asked here: give --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('Nothing was dropped.', 1);
}
