import { withoutPassword } from '@ticketing/servers';
import { type Command, CommanderError } from 'commander';
import { CommandError } from './command-error';

/**
 * Runs a program's command line (its `exitOverride` must be on). Never rejects; sets the exit code: of the CommandError, 2 for
 * a wrong use, which commander has explained, or any other error. Passwords in messages are not printed.
 */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${withoutPassword(message)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : 2;
  }
}
