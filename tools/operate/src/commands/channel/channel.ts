import { CommandError, say, sayJson } from '@ticketing/command-line';
import { contracts } from '@ticketing/common/events';
import { describeJetStream, lookAtJetStream, readChannel, readServer } from '@ticketing/nats-streaming';
import { serviceNames } from '@ticketing/services';
import type { Command } from 'commander';
import { addAddressOptions, addressesOf, need, type SystemAddresses } from '../../cli/addresses';
import { type ConsumerFacts, readConsumers } from './consumers';
import { consumerTable, describe, type Inspected } from './describe';

const HELP = `
Per subscription: "last sent" is the last sequence that this member got for the first time. "In flight" is delivered to it and not acked.
"Stalled" means that too many are in flight, so the server sends it nothing new. "Not sent" is, per group, what no present member
was sent. It is an upper bound, because a member that left may have got more.

"Redelivered" is not known: the monitoring port of NATS Streaming 0.25.6 counts no redeliveries, by channel or by subscription.
The services count in their own databases instead. Failing messages are those whose handler threw and that are not dead letters
yet, with all attempts; they are forgotten a week later, also after a success. Redeliveries after a dead process or a lost ack
are not counted. "Handled up to" is stored from time to time.

On JetStream it shows the stream, the consumers of the channels, and the same counts of the services. How many messages one channel
holds is not at that port: nats stream subjects ticketing.

Exit code: 1 when the server does not have a channel that was named; on JetStream when no group reads it.

Examples:
  npm run ops -- channel
  npm run -s ops -- channel ticket:created --json
  npm run ops -- channel --monitor http://broker:8222
`;

/** `channel`: where each channel is, and each of its subscriptions. */
export function addChannel(program: Command): void {
  const command = program
    .command('channel')
    .description('inspects channels and their subscriptions from the monitoring port of the broker')
    .argument('[names...]', 'channels (default: those of the events)')
    .option('--json', 'prints the result as JSON')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'monitor', 'broker', 'databases');
  command.action(async (names: string[], options: { readonly json?: true }) => {
    const addresses = addressesOf(command, process.env);
    const monitorUrl = need(addresses, 'monitor');
    if (addresses.broker === 'jetstream') return showJetStream(addresses, monitorUrl, names, options.json);
    const server = await readServer(monitorUrl);
    const asked = names.length > 0 ? names : Object.keys(contracts);
    const read = await Promise.all(asked.map(async (name) => ({ name, channel: await readChannel(monitorUrl, name) })));
    const missing = read.filter(({ channel }) => channel === undefined).map(({ name }) => name);
    if (names.length > 0 && missing.length > 0) {
      throw new CommandError(
        `NATS Streaming has no channel ${missing.join(', ')}: nobody has published or subscribed.`,
        1,
      );
    }
    const consumers = await consumersOf(addresses);
    const channels = read.flatMap(({ name, channel }): Inspected[] =>
      channel ? [{ ...channel, consumers: consumers.facts.get(name) ?? [] }] : [],
    );
    if (options.json) return sayJson({ server, channels, missing, unknown: consumers.unknown });
    say(...describe(server, channels, missing));
    if (consumers.unknown.length > 0) say('', ...consumers.unknown);
  });
}

async function showJetStream(
  addresses: SystemAddresses,
  monitorUrl: string,
  names: readonly string[],
  json: true | undefined,
): Promise<void> {
  const seen = await lookAtJetStream(monitorUrl, names.length > 0 ? names : Object.keys(contracts));
  if (names.length > 0 && seen.missing.length > 0) {
    throw new CommandError(`JetStream has no consumer of ${seen.missing.join(', ')}: no group has subscribed.`, 1);
  }
  const { facts, unknown } = await consumersOf(addresses);
  const read = new Set(seen.consumers.map(({ channel }) => channel));
  const counted = [...facts].filter(([channel]) => read.has(channel));
  if (json) return sayJson({ ...seen, groups: Object.fromEntries(counted), unknown });
  const tables = counted.flatMap(([channel, groups]) => ['', channel, consumerTable(groups)]);
  say(...describeJetStream(seen), ...tables, ...(unknown.length > 0 ? ['', ...unknown] : []));
}

/** The data of all databases. If one is not given or cannot be reached, the server's data is still shown. */
async function consumersOf(addresses: SystemAddresses) {
  const facts = new Map<string, readonly ConsumerFacts[]>();
  const unknown: string[] = [];
  const { withDatabase } = await import('../../cli/connections.js');
  for (const service of serviceNames) {
    try {
      const found = await withDatabase(need(addresses, service), (connection) => readConsumers(service, connection));
      for (const [channel, more] of found) facts.set(channel, [...(facts.get(channel) ?? []), ...more]);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      unknown.push(`What ${service} counts is not known. ${error.message}`);
    }
  }
  return { facts, unknown };
}
