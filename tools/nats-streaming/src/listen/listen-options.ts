import { refuseSwallowed } from '@ticketing/command-line';
import { InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '@ticketing/servers';
import { channelName, clientCommand, type ClientOptions, clientOptions, groupName } from '../client/client-options';
import { milliseconds } from './milliseconds';

/** Where a new subscription begins. An existing durable continues where it was, whatever is given here. */
export type Start = 'new' | 'all' | 'last' | { readonly sinceMs: number } | { readonly from: number };

export interface ListenOptions extends ClientOptions {
  readonly channel: string;
  readonly queue: string | undefined;
  readonly durable: string | undefined;
  readonly start: Start;
  /** `client`: the client acks by itself when the handler returns. `ours`: this program acks. `never`: no ack. */
  readonly acks: 'client' | 'ours' | 'never';
  /** The part of the messages whose handling fails on purpose, 0 to 1. */
  readonly failRate: number;
  /** Time after which an unacked message is delivered again (ms). */
  readonly ackWaitMs: number;
  readonly maxInFlight: number;
  /** Deletes the durable position at the end. */
  readonly unsubscribe: boolean;
}

interface Given {
  queue?: string;
  durable?: string;
  all?: true;
  since?: number;
  from?: number;
  last?: true;
  manualAck?: true;
  ack: boolean;
  failRate?: number;
  ackWait: number;
  maxInFlight: number;
  unsubscribe?: true;
}

const EXAMPLES = `
Without --all, --since, --from or --last it gets what is published from now on. Typing rs and Enter builds and restarts it.

Exit code: 0 it was asked to end, and has closed; 1 the server refused, went away, or did not answer at the end; 2 wrong use.

Examples:
  npm run nats:listen -- ticket:created --all
  npm run nats:listen -- ticket:created --queue mine --durable mine --all --manual-ack
  npm run nats:listen -- ticket:created --since 10m --fail-rate 0.3 --ack-wait 5000
`;

/** Reads the command line. @throws CommanderError when it is wrong, or help was asked for; then the message is printed */
export function readListenOptions(argv: readonly string[], env: NodeJS.ProcessEnv): ListenOptions {
  const command = clientCommand('nats:listen', 'Subscribes to a channel of the broker and prints what comes.')
    .argument('<channel>', 'such as ticket:created', channelName)
    .option('--queue <name>', 'queue group: each message goes to one of its members', groupName)
    .option('--durable <name>', 'the server keeps the position under this name', groupName)
    .addOption(new Option('--all', 'from the first message that is there').conflicts(['since', 'from', 'last']))
    .addOption(
      new Option('--since <time>', 'messages of the last 90s, 10m, 2h or 1d').argParser(milliseconds).conflicts('from'),
    )
    .addOption(new Option('--from <sequence>', 'from this sequence').argParser(wholeNumber(1)))
    .addOption(new Option('--last', 'from the last message that is there').conflicts(['since', 'from']))
    .option('--manual-ack', 'this program acks after it has printed; otherwise the client acks by itself')
    .option('--no-ack', 'nobody acks')
    .option('--fail-rate <part>', 'fail on purpose for this part of the messages, 0 to 1, and send no ack', part)
    .option('--ack-wait <ms>', 'time after which an unacked message is delivered again', wholeSeconds, 30_000)
    .option('--max-in-flight <n>', 'unacked messages before the server waits', wholeNumber(1, 1_000_000), 16_384)
    .option('--unsubscribe', 'unsubscribe at the end instead of close, which deletes a durable position')
    .addHelpText('after', EXAMPLES);
  refuseSwallowed(command, argv, env);
  command.parse(argv, { from: 'user' });
  const given = command.opts<Given>();
  return {
    ...clientOptions(command, 'listener', env),
    channel: String(command.processedArgs[0]),
    queue: given.queue,
    durable: given.durable,
    start: startOf(given),
    acks: given.ack ? (given.manualAck || given.failRate !== undefined ? 'ours' : 'client') : 'never',
    failRate: given.failRate ?? 0,
    ackWaitMs: given.ackWait,
    maxInFlight: given.maxInFlight,
    unsubscribe: given.unsubscribe ?? false,
  };
}

function startOf({ all, since, from, last }: Given): Start {
  if (all) return 'all';
  if (last) return 'last';
  if (since !== undefined) return { sinceMs: since };
  return from === undefined ? 'new' : { from };
}

function part(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** The protocol has whole seconds only (SubscriptionRequest.ackWaitInSecs). */
function wholeSeconds(text: string): number {
  const value = wholeNumber(1_000)(text);
  if (value % 1_000 === 0) return value;
  throw new InvalidArgumentError(
    'It must be whole seconds in milliseconds, such as 5000: the protocol has no finer ones.',
  );
}
