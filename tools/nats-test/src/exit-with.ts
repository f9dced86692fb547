import { CommandError, tell } from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { CommanderError } from 'commander';

/** Ends the program with its last words. */
export function exitWith(code: number, words: string): never {
  tell(words);
  process.exit(code);
}

/** Does what a program does first, and ends it when that fails: exit code 2 for a wrong use, or that of the error. */
export async function orExit(begin: () => void | Promise<void>): Promise<void> {
  try {
    await begin();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2); // commander has said what is wrong
    const reason = withoutPassword(error instanceof Error ? error.message : String(error));
    exitWith(error instanceof CommandError ? error.exitCode : 2, reason);
  }
}
