import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, runProgram, say, sayJson } from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { Command, InvalidArgumentError } from 'commander';
import { HOW_TO_START, monitorAddress } from '../server-address';
import { describe } from './describe';
import { lookAt, type Seen } from './look';
import { paintFor } from './paint';
import { screen } from './screen';
import { type Away, watch } from './watch';

const HELP = `
Heartbeats: the server does not tell how many of a client's have failed, so this is found out by looking again and again. Core
NATS, at the same port, lists connections; the one that subscribes to the client's heartbeat inbox is the client's, and since is
when it was made (made again after an interruption). It counts what the connection sent, and the heartbeats that came to it.
  connected      seen too short to tell more: one look, without --watch or --observe, never tells more
  answering      it has sent something meanwhile (an answer, a ping, an ack, ...), and left no heartbeat without an answer
  silent         it has sent nothing since, though heartbeats came: a stopped process, a blocked event loop, a cut cable.
                 "At least" holds for both figures: it may have been silent before it was looked at
  no connection  the process is gone. The server believes in it until more heartbeats than -hbf have failed in a row, then
                 gives its messages to others; up to that it is in the list
  unknown        its connection is not in the list, which is not of all: NATS is a cluster, or not inside this server (-ns)
A client that answers no heartbeat but sends something else counts as answering. In a cluster ask the leader: only it delivers.

Subscriptions: in flight is what was sent and not acked (pending_count in --json, as the server calls it), max the most that may be.
Pending is what was not sent yet (not_sent in --json); in a queue group what no member there now was sent: at most so many.
  stalled        so many are in flight that the server sends nothing new
  offline        a durable without a client: messages are kept for it. The client is the last that it had
The state is the server's: a subscription whose client is dead or stopped is ready until it is stalled. Its client is coloured.
Redeliveries are not known: the server counts none. A limit of the store that is not shown is not set.

--watch draws over the last look on a terminal; else one look follows another, with --json an object a line; while the server
is away that is {"away": the reason, "since": when}. For --json call npm with -s. The colours are off with NO_COLOR.

Exit code: 0 also when --watch is ended by Ctrl-C or SIGTERM; 1 a channel that was named is not there (with --watch it is awaited);
2 wrong use, or the port cannot be read (--watch goes on trying when it could be at first).

Examples:
  npm run nats:monitor
  npm run nats:monitor -- --watch
  npm run nats:monitor -- ticket:created order:created --watch 5
  npm run -s nats:monitor -- --json --observe 15
  npm run nats:monitor -- --url http://broker:8222
`;

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

/** Looks for so long, so that heartbeats pass by; returns the last look. */
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
  else say(...describe(seen, paintFor(process.stdout)));
}

function keepWatching(look: () => Promise<Seen>, url: string, everySeconds: number, json?: true): Promise<never> {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(0));
  const paint = paintFor(process.stdout);
  const show = process.stdout.isTTY && !json ? screen(process.stdout) : (lines: readonly string[]) => say(...lines);
  const linesOf = (frame: Seen | Away) =>
    'away' in frame
      ? [paint('no connection', `The server is away since ${frame.since}.`), ...frame.away.split('\n')]
      : describe(frame, paint);
  const heading = () => `--- ${withoutPassword(url)}, ${new Date().toISOString()}, every ${everySeconds} s`;
  return watch(
    look,
    (frame) => (json ? say(JSON.stringify(frame)) : show([heading(), ...linesOf(frame), ''])),
    everySeconds * 1_000,
  );
}

/** Never rejects; sets the exit code. */
async function main(): Promise<void> {
  // Whoever reads has seen enough, as `head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
  const program = new Command('npm run nats:monitor --')
    .description('Shows the inside of a NATS Streaming server: store, clients, channels, subscriptions.')
    .argument('[channels...]', 'only these channels and their subscriptions')
    .option('--url <url>', 'the monitoring port, http://host:8222 (default: NATS_MONITOR_URL, else of `npm start`)')
    .option('--watch [seconds]', 'looks again and again (default: every second)', seconds)
    .option('--observe <seconds>', 'looks for so long before it prints, to tell who answers heartbeats', seconds)
    .option('--json', 'prints one JSON value')
    .addHelpText('after', HELP)
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
