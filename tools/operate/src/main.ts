import { withoutPassword } from '@ticketing/servers';
import { Command, CommanderError } from 'commander';
import { CommandError } from './cli/command-error';
import { addAudit } from './commands/audit';
import { addChannel } from './commands/channel/channel';
import { addDeadLetters } from './commands/dead-letters/dead-letters';
import { addRebuild } from './commands/rebuild';

const HELP = `
Without an address a command looks at the system that \`npm start\` runs. Passwords in addresses are never printed.
For --json call npm with -s: npm run -s ops -- ... --json. Otherwise npm prints lines of its own.

Exit code: 0 done, 1 what was asked for is not so, 2 wrong use, or a server that cannot be reached.
Each command has its own help: npm run ops -- audit --help
`;

/** Runs one command. Never rejects; sets the exit code. */
async function main(): Promise<void> {
  const program = new Command('npm run ops --')
    .description('Looks at a running ticketing system, and mends what it can.')
    .addHelpText('after', HELP)
    .helpCommand(false)
    .exitOverride();
  addAudit(program);
  addDeadLetters(program);
  addChannel(program);
  addRebuild(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has said what is wrong
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${withoutPassword(message)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : 2;
  }
}

void main();
