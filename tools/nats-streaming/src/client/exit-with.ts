import { setImmediate as turn } from 'node:timers/promises';
import { exitCodeFor, guardOutput, tell } from '@ticketing/command-line';

/** Ends the program with its last words. */
export function exitWith(code: number, words: string): never {
  tell(words);
  process.exit(code);
}

/** Does what a program does first, and ends it when that fails, with the exit code of `exitCodeFor`. */
export async function orExit(begin: () => void | Promise<void>): Promise<void> {
  guardOutput();
  try {
    await begin();
  } catch (error) {
    const code = exitCodeFor(error);
    await turn(); // an error of what was just printed comes first
    process.exit(code);
  }
}
