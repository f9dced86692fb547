import { CommandError, say, stopSignal, tell } from '@ticketing/command-line';
import type { Broker, EngineName, Subject } from '@ticketing/common';
import { readNatsUrl, shownNatsUrl } from '@ticketing/common/nats-url';
import { wholeNumber } from '@ticketing/servers';
import { type Command, Option } from 'commander';
import { addAddressOptions } from '../cli/addresses';
import { isOneStore } from '../bridge/one-store';
import type { BridgeReport } from '../bridge/run-bridge';

const HELP = `
Each message of the channels is copied byte for byte, with the id of its event, and acked on the old side only after
the new side has acked it. Killed at any time, it goes on where it was. Two at once share the work.

"dry" means that the new side holds every message that the old side held when the look began, by what both channels
hold, so also for bridges that died. It stays dry only when nothing is published to the old side any more. To go back,
swap the sides, one direction at a time. The whole move: docs/runbook.md, "Moving to another broker".

Exit code: 0 dry with --until-dry, or stopped in order; 1 stopped before it was dry; 2 wrong use, or a side that cannot be reached
at the start. A side that is away later is waited for.

Examples:
  npm run bridge -- --from nats://old:4222 --to nats://new:4222
  npm run -s bridge -- --from nats://old:4222 --to nats://new:4222 --until-dry --json
  npm run bridge -- --from nats://new:4222 --from-broker jetstream --to nats://old:4222 --to-broker streaming
`;

interface BridgeCommandOptions {
  readonly from: string;
  readonly fromBroker: EngineName;
  readonly to: string;
  readonly toBroker: EngineName;
  readonly clusterId?: string;
  readonly group: string;
  readonly ackWait: number;
  readonly untilDry?: true;
  readonly again?: true;
  readonly json?: true;
}

const engine = (flags: string, side: string, byDefault: EngineName) =>
  new Option(flags, `the engine of the ${side} side`)
    .choices(['streaming', 'jetstream'] satisfies EngineName[])
    .default(byDefault);

/** `bridge`: copies the channels of one broker to another, until it is stopped. */
export function addBridge(program: Command): void {
  const command = program
    .command('bridge')
    .description('copies all messages from one broker to another, while the system runs')
    .addOption(new Option('--from <url>', 'the old side').env('BRIDGE_FROM').makeOptionMandatory())
    .addOption(engine('--from-broker <engine>', 'old', 'streaming'))
    .addOption(new Option('--to <url>', 'the new side').env('BRIDGE_TO').makeOptionMandatory())
    .addOption(engine('--to-broker <engine>', 'new', 'jetstream'))
    .option('--group <name>', 'bridges with the same name share the work', 'bridge')
    .option(
      '--ack-wait <ms>',
      'after this time the others get what a dead bridge had in hand',
      wholeNumber(1_000),
      30_000,
    )
    .option('--until-dry', 'ends as soon as it is dry')
    .option('--again', 'begins with the first message again; no other bridge may run')
    .option('--json', 'prints its state as lines of JSON on standard output')
    .addHelpText('after', HELP);
  addAddressOptions(command, 'clusterId');
  command.action(async (options: BridgeCommandOptions) => {
    const sides = {
      from: { name: '--from (BRIDGE_FROM)', url: options.from, broker: options.fromBroker },
      to: { name: '--to (BRIDGE_TO)', url: options.to, broker: options.toBroker },
    };
    for (const { url, name } of Object.values(sides)) readNatsUrl(url, name);
    const signal = stopSignal();
    const [{ contracts }, { runBridge }, { withBroker }] = await Promise.all([
      import('@ticketing/common'),
      import('../bridge/run-bridge.js'),
      import('../cli/connections.js'),
    ]);
    const channels = Object.keys(contracts) as Subject[];
    const { group, ackWait: ackWaitMs, untilDry = false, again = false } = options;
    const clusterId = options.clusterId?.trim() || 'ticketing';
    const run = async (from: Broker, to: Broker) => {
      if (options.fromBroker === options.toBroker && (await isOneStore(from, to, channels))) {
        throw new CommandError(
          'Both sides are the same server, or are empty, so that nobody can tell. Are --from-broker and --to-broker right?',
        );
      }
      if (again) for (const channel of channels) await from.forgetGroup(channel, group);
      return runBridge({ from, to, channels, group, ackWaitMs, untilDry, signal, onReport: reporter(options) });
    };
    const last = await withBroker(options.from, { clusterId, ...sides.from }, (from) =>
      withBroker(options.to, { clusterId, ...sides.to, mayCreate: true }, (to) => run(from, to)),
    );
    if (untilDry && !last.dry) process.exitCode = 1;
  });
}

function reporter({ json, from, to }: BridgeCommandOptions): (report: BridgeReport) => void {
  let before = '';
  return (report) => {
    const text = json ? JSON.stringify(report) : inWords(report, { from: shownNatsUrl(from), to: shownNatsUrl(to) });
    if (text === before) return;
    before = text;
    if (json) say(text);
    else tell(text);
  };
}

function inWords(report: BridgeReport, places: Readonly<Record<'from' | 'to', string>>): string {
  const { copied, duplicates, inHand, missing, dry, away, trouble } = report;
  const sides = away.map((side) => `; ${places[side]} is away`);
  const reason = trouble === undefined ? '' : `; ${trouble}`;
  const lacks = missing === undefined || dry ? '' : `; the new side lacks ${missing}`;
  const known = duplicates === 0 ? '' : ` (${duplicates} were there)`;
  return `copied ${copied}${known}, ${inHand} in hand${lacks}${sides.join('')}${reason}${dry ? '; dry' : ''}`;
}
