import { withoutPassword } from '@ticketing/servers';
import { type Command, CommanderError } from 'commander';
import { CommandError } from './command-error';
import { guardOutput } from './guard-output';
import { tell } from './output';
import { refuseSwallowed } from './started-by-npm';

/**
 * Reports why a program failed, without passwords, and returns its exit code: that of the CommandError; 2 for any other
 * error, or for wrong use, which commander has explained (0 for help).
 */
export function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  tell(withoutPassword(error instanceof Error ? error.message : String(error)));
  return error instanceof CommandError ? error.exitCode : 2;
}

/**
 * Runs a program's command line (its `exitOverride` must be on). Does not reject; sets the exit code by `exitCodeFor`.
 */
export async function runProgram(program: Command): Promise<void> {
  guardOutput();
  try {
    refuseSwallowed(program, process.argv.slice(2));
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}
