import { brokerOption, refuseSwallowed } from '@ticketing/command-line';
import type { Engine } from '@ticketing/servers';
import { Command } from 'commander';

export interface Options {
  /** End the processes that a killed start has left, instead of refusing to start. */
  readonly endLeftovers: boolean;
  readonly broker: Engine;
  /** Restart a service when its source is edited. */
  readonly watch: boolean;
  /** Also say what was tried in vain. */
  readonly verbose: boolean;
}

/** @throws CommanderError, which it has explained, for anything else than these options */
export function readOptions(args: readonly string[]): Options {
  const command = new Command('npm start --')
    .description(
      'Starts all services and their servers on this machine. Everything else is set by variables (README.md).',
    )
    .option(
      '--end-leftovers',
      'first end the servers and services that a killed npm start left on the same data',
      false,
    )
    .option('--verbose', 'say also which ways to get a server were tried in vain', false)
    .option('--watch', 'restart a service when its source is edited; npm run dev does that', false)
    .addOption(brokerOption())
    .exitOverride();
  refuseSwallowed(command, args);
  return command.parse(args, { from: 'user' }).opts<Options>();
}
