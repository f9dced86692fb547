import { runProgram } from '@ticketing/command-line';
import { Command } from 'commander';
import { addAudit } from './commands/audit';
import { addBridge } from './commands/bridge';
import { addChannel } from './commands/channel/channel';
import { addDeadLetters } from './commands/dead-letters/dead-letters';
import { addForget } from './commands/forget';
import { addParked } from './commands/parked';
import { addRebuild } from './commands/rebuild';
import { addStates } from './commands/states';

const HELP = `
Without an address a command looks at the system that \`npm start\` runs. Passwords in addresses are never printed.
For --json call npm with -s: npm run -s ops -- ... --json. Otherwise npm prints lines of its own.

Exit code: 0 done, 1 the answer is no, 2 wrong use, or a server that cannot be reached.
Each command has its own help: npm run ops -- audit --help
`;

/** Runs one command. Does not reject; sets the exit code. */
async function main(): Promise<void> {
  const program = new Command('npm run ops --')
    .description('Looks at a running ticketing system, and repairs what it can.')
    .addHelpText('after', HELP)
    .helpCommand(false)
    .exitOverride();
  addAudit(program);
  addDeadLetters(program);
  addChannel(program);
  addParked(program);
  addForget(program);
  addRebuild(program);
  addStates(program);
  addBridge(program);
  await runProgram(program);
}

void main();
