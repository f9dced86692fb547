import { say, sayJson, table } from '@ticketing/command-line';
import type { ReplicaDocument } from '@ticketing/common';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';

const HELP = `
An event that comes before its predecessor is parked inside the replica of what it is about, until the predecessor comes or
GAP_PATIENCE_MS is over. The longest waiting first. One that fails is tried again after an ack wait, and becomes a dead letter.

Exit code: 0 nothing is parked, 1 something is.

Examples:
  npm run ops -- parked
  npm run -s ops -- parked --orders-mongo mongodb://db:27017/orders --json
`;

/** `parked`: the events that wait in orders' replica of the tickets, and for what. */
export function addParked(program: Command): void {
  const command = program
    .command('parked')
    .description('lists the early events, and what each waits for')
    .option('--json', 'prints them as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'mongo', 'ordersMongo');
  command.action(async ({ json = false }: { readonly json?: boolean }) => {
    const orders = need(addressesOf(command, process.env), 'orders');
    const [{ waitingIn }, { ticketReplica }, { withDatabase }] = await Promise.all([
      import('@ticketing/common'),
      import('@ticketing/orders/dist/ticket-replica/ticket.js'),
      import('../cli/connections.js'),
    ]);
    const found = await withDatabase(orders, (connection) =>
      waitingIn(connection.collection<ReplicaDocument>(ticketReplica.collection)).toArray(),
    );
    const parked = found
      .flatMap(({ _id, version: has, parked: events }) =>
        events.map(({ version, at, from, notBefore }, place) => ({
          ...{ aggregateId: String(_id), subject: from.channel, sequence: from.sequence, version, since: at },
          waitsFor: waitsFor({ version: events[place - 1]?.version ?? has, isParked: place > 0 }, version),
          ...(notBefore && { triedAgain: notBefore }),
        })),
      )
      .sort((a, b) => a.since.getTime() - b.since.getTime());
    if (parked.length > 0) process.exitCode = 1;
    if (json) return sayJson(parked);
    if (parked.length === 0) return say('Nothing is parked.');
    const rows = parked.map(({ aggregateId, subject, version, since, waitsFor: what }) => [
      ...[aggregateId, subject, version, since.toISOString(), what],
    ]);
    say(table(['ticket', 'event', 'version', 'parked since', 'waits for'], rows));
  });
}

/** @param before the version that comes before it: of what is parked, or else of the replica */
function waitsFor(before: { readonly version: number; readonly isParked: boolean }, version: number): string {
  const missing = version - before.version - 1;
  if (missing > 1) return `versions ${before.version + 1} to ${version - 1}`;
  if (missing === 1) return `version ${version - 1}`;
  return before.isParked ? `version ${before.version}, which is parked` : 'its turn';
}
