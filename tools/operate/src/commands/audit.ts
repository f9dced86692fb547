import { readFileSync } from 'node:fs';
import { CommandError, say, sayJson, table, userPath } from '@ticketing/command-line';
import { wholeNumber } from '@ticketing/servers';
import type { Command } from 'commander';
import type { Promised } from '../audit/checks/check-promises';
import type { AuditReport } from '../audit/report';
import { addAddressOptions, addressesOf, need } from '../cli/addresses';
import { messagesHeld } from '../cli/messages-held';
import { withProgress } from '../cli/progress';

const HELP = `
It reads all databases and all channels, and changes nothing in them, except that reading a missing channel creates an empty one.
Under traffic some event is always on its way: give --settle. It holds everything that it compares in memory.

FILE has the answers to clients, and the payments that were taken, one JSON object per line:
  {"what":"ticket","id":"...","version":0,"title":"concert","price":20,"userId":"alice"}
  {"what":"order","id":"...","version":0,"ticketId":"...","userId":"bob","reservation":1,"price":20}
  {"what":"cancelled","id":"..."}
  {"what":"payment","id":"...","orderId":"...","amount":20}

Exit code: 0 everything agrees, 1 something disagrees, 2 the audit could not run, or there was nothing to compare ("agree": null).

Examples:
  npm run audit
  npm run -s audit -- --settle 10000 --json
  npm run audit -- --mongo mongodb://db:27017 --nats nats://broker:4222 --promises answered.jsonl
`;

interface AuditCommandOptions {
  readonly promises?: string;
  readonly settle: number;
  readonly json?: true;
}

/** `audit`: does everything agree? */
export function addAudit(program: Command): void {
  const command = program
    .command('audit')
    .description('compares the databases of all services, the stream, and what clients were promised')
    .option('--promises <file>', 'answers to clients, one JSON object per line', (file: string) => userPath(file))
    .option('--settle <ms>', 'looks again for this time, until nothing disagrees', wholeNumber(), 0)
    .option('--json', 'prints the report as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'databases', 'nats', 'clusterId', 'broker');
  command.action(async (options: AuditCommandOptions) => {
    const promises = options.promises === undefined ? [] : await readPromises(options.promises);
    const { disagreements, compared, forgotten } = await look(command, promises, options.settle);
    const agree = disagreements.length === 0;
    const nothing = agree && compared.tickets + compared.orders + compared.events === 0;
    if (options.json)
      sayJson({ agree: nothing ? null : agree, compared, disagreements, ...(forgotten > 0 && { forgotten }) });
    if (nothing) {
      throw new CommandError(
        'There was nothing to compare: no ticket, no order, no event. Are these the right addresses?',
      );
    }
    if (!options.json) {
      if (!agree) {
        const rows = disagreements.map(({ kind, message }) => [kind, message]);
        say(table(['disagreement', 'what'], rows), '');
      }
      const { tickets, orders, events, payments, promises: kept } = compared;
      say(
        `${agree ? 'Everything agrees' : `${disagreements.length} disagreements`}: compared ${tickets} tickets, ` +
          `${orders} orders, ${events} events, ${payments} payments and ${kept} promises` +
          `${forgotten > 0 ? `; ${forgotten} messages are forgotten (npm run ops -- forget)` : ''}.`,
      );
    }
    if (!agree) process.exitCode = 1;
  });
}

async function readPromises(file: string): Promise<Promised[]> {
  const { parsePromises } = await import('../audit/checks/check-promises.js');
  try {
    return parsePromises(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `--promises ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function look(command: Command, promises: readonly Promised[], settleMs: number): Promise<AuditReport> {
  const addresses = addressesOf(command, process.env);
  const [{ contracts }, { auditUntilQuiet }, { withBroker, withDatabases }] = await Promise.all([
    import('@ticketing/common'),
    import('../audit/audit.js'),
    import('../cli/connections.js'),
  ]);
  const natsUrl = need(addresses, 'nats');
  return withDatabases(addresses, (databases) =>
    withBroker(natsUrl, addresses, async (broker) =>
      withProgress(
        'reading events',
        () => messagesHeld(broker, Object.keys(contracts)),
        (onRead) => auditUntilQuiet({ ...databases, broker, promises, onRead }, { settleMs }),
      ),
    ),
  );
}
