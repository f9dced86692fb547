import { say, sayJson, table, visible } from '@ticketing/command-line';
import type { Command } from 'commander';
import { addLetterOptions, findLetters, letterJson, type LetterOptions, withLetters } from './letters';

const HELP = `
The payload is the message as it came, with the fields that the service does not know.

Examples:
  npm run ops -- dead-letters show 'tickets-service|order:created|12|1700000000000'
  npm run -s ops -- dead-letters show --json 'tickets-service|order:created|12|1700000000000'
`;

/** `dead-letters show`: one letter with its whole payload. Exit code 1 when there is none of this id. */
export function addShow(parent: Command): void {
  const command = parent
    .command('show')
    .description('shows one dead letter whole')
    .argument('<id>', 'as `dead-letters list` shows it')
    .addHelpText('after', HELP);
  addLetterOptions(command).action(async (id: string, options: LetterOptions) => {
    const [found] = await withLetters(command, options, (all) => findLetters(all, [id]));
    if (!found) return;
    if (options.json) return sayJson(letterJson(found));
    const { payload, storedAt, deadAt, ...letter } = found.letter;
    const rows = Object.entries({ service: found.service, ...letter, storedAt: new Date(storedAt), deadAt });
    const textOf = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
    say(
      table(
        ['field', 'value'],
        rows.map(([name, value]) => [name === '_id' ? 'id' : name, textOf(value)]),
      ),
    );
    say('', visible(readable(payload)));
  });
}

function readable(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
