import { setImmediate as turn } from 'node:timers/promises';
import { exitCodeFor, guardOutput, tell } from '@ticketing/command-line';

/** Ends the program with a last message. */
export function exitWith(code: number, words: string): never {
  tell(words);
  process.exit(code);
}

/** Runs the first step of a program, and ends the program when that fails, with the exit code of `exitCodeFor`. */
export async function orExit(begin: () => void | Promise<void>): Promise<void> {
  guardOutput();
  try {
    await begin();
  } catch (error) {
    const code = exitCodeFor(error);
    await turn(); // an error of the last output comes first
    process.exit(code);
  }
}
