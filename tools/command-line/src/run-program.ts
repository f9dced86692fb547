import { withoutPassword } from '@ticketing/servers';
import { type Command, CommanderError } from 'commander';
import { CommandError } from './command-error';
import { guardOutput } from './guard-output';
import { tell } from './output';
import { refuseSwallowed } from './started-by-npm';

/**
 * Says why a program cannot do what it was asked, without passwords, and returns its exit code: that of the CommandError; 2 for any
 * other error, or a wrong use, which commander has explained (0 when help was asked for).
 */
export function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  tell(withoutPassword(error instanceof Error ? error.message : String(error)));
  return error instanceof CommandError ? error.exitCode : 2;
}

/** Runs a program's command line (its `exitOverride` must be on). Never rejects; sets the exit code as `exitCodeFor` says. */
export async function runProgram(program: Command): Promise<void> {
  guardOutput();
  try {
    refuseSwallowed(program, process.argv.slice(2));
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}
