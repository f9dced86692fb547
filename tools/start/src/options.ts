import { brokerOption, refuseSwallowed } from '@ticketing/command-line';
import type { Engine } from '@ticketing/servers';
import { Command } from 'commander';

export interface Options {
  /** End the processes that a killed start has left, instead of refusing to start. */
  readonly endLeftovers: boolean;
  readonly broker: Engine;
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
    .addOption(brokerOption())
    .exitOverride();
  refuseSwallowed(command, args);
  return command.parse(args, { from: 'user' }).opts<{ endLeftovers: boolean; broker: Engine }>();
}
