import { exitCodeFor, guardOutput, say, stopSignal } from '@ticketing/command-line';
import { readOptions } from './options';
import { runConsole } from './run-console';

async function main(): Promise<void> {
  guardOutput();
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    await runConsole(options, process.env, stopSignal(), ({ url }) => say(`The console: ${url}`));
  } catch (error) {
    process.exitCode = exitCodeFor(error);
  }
}

void main();
