import { say, sayJson, table } from '@ticketing/command-line';
import type { DeadLetter } from '@ticketing/common';
import { wholeNumber } from '@ticketing/servers';
import { type Command, Option } from 'commander';
import { addLetterOptions, letterJson, type LetterOptions, withLetters } from './letters';

const HELP = `
Oldest first. Reasons: not-json and schema can never succeed unchanged; failed means that the handler threw at every attempt.
State redriven: another attempt was requested, and the service has not made it yet.

Examples:
  npm run ops -- dead-letters list
  npm run -s ops -- dead-letters list --service orders --channel ticket:created --state dead --limit 20 --json
`;

interface ListOptions extends LetterOptions {
  readonly channel?: string;
  readonly state?: DeadLetter['state'];
  readonly limit: number;
}

/** `dead-letters list`: the letters of all services or of one. */
export function addList(parent: Command): void {
  const command = parent
    .command('list')
    .description('lists dead letters, oldest first')
    .option('--channel <name>', 'only from this channel')
    .addOption(new Option('--state <state>', 'only in this state').choices(['dead', 'redriven']))
    .option('--limit <n>', 'at most so many', wholeNumber(1), 100)
    .addHelpText('after', HELP);
  addLetterOptions(command).action(async (options: ListOptions) => {
    const { channel, state, limit } = options;
    const filter = { ...(channel !== undefined && { channel }), ...(state && { state }) };
    const found = await withLetters(command, options, async (all) => {
      // One more than asked for, to know whether there are more.
      const inEach = all.map(async (letters) =>
        (await letters.store.list(filter, limit + 1)).map((letter) => ({ ...letters, letter })),
      );
      return (await Promise.all(inEach)).flat();
    });
    const oldest = found.sort((a, b) => a.letter.deadAt.getTime() - b.letter.deadAt.getTime()).slice(0, limit);
    if (options.json) return sayJson(oldest.map(letterJson));
    if (oldest.length === 0) return say('No dead letters.');
    const rows = oldest.map(({ letter }) => [
      ...[letter._id, letter.state, letter.reason, letter.attempts, letter.deadAt.toISOString()],
      letter.message.replace(/\s+/g, ' '),
    ]);
    say(table(['id', 'state', 'reason', 'attempts', 'dead since', 'message'], rows));
    if (found.length > limit) say('', `There are more: --limit ${limit * 10}`);
  });
}
