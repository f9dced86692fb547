import { say, sayJson, table } from '@ticketing/command-line';
import type { ServiceName } from '@ticketing/services';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { keepers } from '../cli/replicas';

const HELP = `
An event that comes before its predecessor is parked inside the replica of what it is about, until the predecessor comes or
GAP_PATIENCE_MS is over. The longest waiting first. One that fails is tried again after an ack wait, and becomes a dead letter.

Exit code: 0 nothing is parked, 1 something is.

Examples:
  npm run ops -- parked
  npm run -s ops -- parked --orders-mongo mongodb://db:27017/orders --json
`;

/** `parked`: the events that wait in replicas, and for what. */
export function addParked(program: Command): void {
  const command = program
    .command('parked')
    .description('lists the early events, and what each waits for')
    .option('--json', 'prints them as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'databases');
  command.action(async ({ json = false }: { readonly json?: boolean }) => {
    const addresses = addressesOf(command, process.env);
    const [{ parkedIn }, { withDatabase }] = await Promise.all([
      import('../parked-events.js'),
      import('../cli/connections.js'),
    ]);
    const parkedAt = (keeper: ServiceName) =>
      withDatabase(need(addresses, keeper), (connection) => parkedIn(keeper, connection));
    const parked = (await Promise.all(keepers.map(parkedAt)))
      .flat()
      .sort((a, b) => a.since.getTime() - b.since.getTime());
    if (parked.length > 0) process.exitCode = 1;
    if (json) return sayJson(parked);
    if (parked.length === 0) return say('Nothing is parked.');
    const rows = parked.map(({ aggregateId, subject, version, since, waitsFor: what }) => [
      ...[aggregateId, subject, version, since.toISOString(), what],
    ]);
    say(table(['aggregate', 'event', 'version', 'parked since', 'waits for'], rows));
  });
}
