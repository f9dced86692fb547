import { setTimeout as sleep } from 'node:timers/promises';
import {
  brokerOption,
  CommandError,
  onStop,
  runProgram,
  say,
  sayJson,
  withoutAddresses,
} from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { Command, InvalidArgumentError } from 'commander';
import { HOW_TO_START, monitorAddress, namedBroker, readMonitorUrl, serverAddress } from '../client/server-address';
import { describeJetStream } from '../jetstream/describe';
import { lookAtJetStream } from '../jetstream/look';
import { describe } from './describe';
import { HELP } from './help';
import { lookAt } from './look';
import { paintState } from './paint';
import { screen } from './screen';
import { type Away, watch } from './watch';

interface Options {
  readonly url?: string;
  readonly watch?: number | true;
  readonly observe?: number;
  readonly json?: true;
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value >= 0.1 && value <= 86_400) return value;
  throw new InvalidArgumentError('It must be seconds, from 0.1 to 86400. Name channels before the options.');
}

function monitorUrl(text: string): string {
  const url = readMonitorUrl(text);
  if (url !== undefined) return url;
  throw new InvalidArgumentError(
    'It must be an address such as http://localhost:8222; the monitoring port knows no users.',
  );
}

/** How an engine is looked at, and what is said of it. */
interface View<Seen extends { readonly missing: readonly string[] }> {
  readonly look: () => Promise<Seen>;
  readonly describe: (seen: Seen) => string[];
  /** Why a channel that was named may not be there. */
  readonly missing: (names: string) => string;
}

/** Looks for this long, so that heartbeats come meanwhile; returns the last look. */
async function observe<Seen>(look: () => Promise<Seen>, forMs: number): Promise<Seen> {
  const until = Date.now() + forMs;
  for (;;) {
    const seen = await look();
    const left = until - Date.now();
    if (left <= 0) return seen;
    await sleep(Math.min(1_000, left));
  }
}

async function once<Seen extends { readonly missing: readonly string[] }>(
  view: View<Seen>,
  { observe: forSeconds = 0, json }: Options,
): Promise<void> {
  const seen = await observe(view.look, forSeconds * 1_000);
  if (seen.missing.length > 0) throw new CommandError(view.missing(seen.missing.join(', ')), 1);
  if (json) sayJson(seen);
  else say(...view.describe(seen));
}

function keepWatching<Seen extends { readonly missing: readonly string[] }>(
  view: View<Seen>,
  url: string,
  everySeconds: number,
  json?: true,
): Promise<never> {
  onStop(() => process.exit(0));
  const show = process.stdout.isTTY && !json ? screen(process.stdout) : (lines: readonly string[]) => say(...lines);
  const linesOf = (frame: Seen | Away) =>
    'away' in frame
      ? [paintState('no connection', `The server is away since ${frame.since}.`), ...frame.away.split('\n')]
      : view.describe(frame);
  const heading = () => `--- ${withoutPassword(url)}, ${new Date().toISOString()}, every ${everySeconds} s`;
  return watch(
    view.look,
    (frame) => (json ? say(JSON.stringify(frame)) : show([heading(), ...linesOf(frame), ''])),
    everySeconds * 1_000,
  );
}

/** Does not reject; sets the exit code. */
async function main(): Promise<void> {
  const program = new Command('npm run nats:monitor --')
    .description(
      'Shows the state of a broker: of NATS Streaming store, clients, channels, subscriptions; of JetStream stream and consumers.',
    )
    .argument('[channels...]', 'only these channels and their subscriptions')
    .option(
      '--url <url>',
      'the monitoring port, http://host:8222 (default: NATS_MONITOR_URL, else of `npm start`)',
      monitorUrl,
    )
    .option('--watch [seconds]', 'looks repeatedly (default: every second)', seconds)
    .option(
      '--observe <seconds>',
      'observes for this time before it prints, to tell which clients answer heartbeats',
      seconds,
    )
    .option('--json', 'prints one JSON value')
    .addOption(brokerOption('streaming or jetstream (default: that of the `npm start`)'))
    .addHelpText('after', HELP)
    .configureOutput(withoutAddresses)
    .exitOverride()
    .action(async (channels: string[], options: Options, command: Command) => {
      const url = monitorAddress(options.url, process.env);
      const engine = namedBroker(command, process.env) ?? serverAddress({}, { ...process.env, NATS_URL: '' }).broker;
      if (engine === 'jetstream' && options.observe !== undefined) {
        throw new CommandError('--observe has no meaning on JetStream: its clients have no heartbeats to answer.');
      }
      const show = async <Seen extends { readonly missing: readonly string[] }>(view: View<Seen>) => {
        if (options.watch === undefined) await once(view, options);
        else await keepWatching(view, url, options.watch === true ? 1 : options.watch, options.json);
      };
      try {
        if (engine === 'jetstream') {
          const missing = (names: string) => `JetStream has no consumer of ${names}: no group has subscribed.`;
          await show({ look: () => lookAtJetStream(url, channels), describe: describeJetStream, missing });
        } else {
          const missing = (names: string) =>
            `NATS Streaming has no channel ${names}: nobody has published or subscribed.`;
          await show({ look: lookAt(url, channels), describe, missing });
        }
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode === 1) throw error;
        throw new CommandError(`${error.message}\n${HOW_TO_START}\n  npm run nats:monitor -- --url http://host:8222`);
      }
    });
  await runProgram(program);
}

void main();
