import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, onStop, runProgram, say, sayJson, withoutAddresses } from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { Command, InvalidArgumentError } from 'commander';
import { HOW_TO_START, monitorAddress, readMonitorUrl } from '../client/server-address';
import { describe } from './describe';
import { HELP } from './help';
import { lookAt, type Seen } from './look';
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

/** Looks for this long, so that heartbeats come meanwhile; returns the last look. */
async function observe(look: () => Promise<Seen>, forMs: number): Promise<Seen> {
  const until = Date.now() + forMs;
  for (;;) {
    const seen = await look();
    const left = until - Date.now();
    if (left <= 0) return seen;
    await sleep(Math.min(1_000, left));
  }
}

async function once(look: () => Promise<Seen>, { observe: forSeconds = 0, json }: Options): Promise<void> {
  const seen = await observe(look, forSeconds * 1_000);
  if (seen.missing.length > 0) {
    const names = seen.missing.join(', ');
    throw new CommandError(`NATS Streaming has no channel ${names}: nobody has published or subscribed.`, 1);
  }
  if (json) sayJson(seen);
  else say(...describe(seen));
}

function keepWatching(look: () => Promise<Seen>, url: string, everySeconds: number, json?: true): Promise<never> {
  onStop(() => process.exit(0));
  const show = process.stdout.isTTY && !json ? screen(process.stdout) : (lines: readonly string[]) => say(...lines);
  const linesOf = (frame: Seen | Away) =>
    'away' in frame
      ? [paintState('no connection', `The server is away since ${frame.since}.`), ...frame.away.split('\n')]
      : describe(frame);
  const heading = () => `--- ${withoutPassword(url)}, ${new Date().toISOString()}, every ${everySeconds} s`;
  return watch(
    look,
    (frame) => (json ? say(JSON.stringify(frame)) : show([heading(), ...linesOf(frame), ''])),
    everySeconds * 1_000,
  );
}

/** Does not reject; sets the exit code. */
async function main(): Promise<void> {
  const program = new Command('npm run nats:monitor --')
    .description('Shows the state of a NATS Streaming server: store, clients, channels, subscriptions.')
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
    .addHelpText('after', HELP)
    .configureOutput(withoutAddresses)
    .exitOverride()
    .action(async (channels: string[], options: Options) => {
      const url = monitorAddress(options.url, process.env);
      const look = lookAt(url, channels);
      try {
        if (options.watch === undefined) await once(look, options);
        else await keepWatching(look, url, options.watch === true ? 1 : options.watch, options.json);
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode === 1) throw error;
        throw new CommandError(`${error.message}\n${HOW_TO_START}\n  npm run nats:monitor -- --url http://host:8222`);
      }
    });
  await runProgram(program);
}

void main();
