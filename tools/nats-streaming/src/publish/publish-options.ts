import { refuseSwallowed, userPath } from '@ticketing/command-line';
import { InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '@ticketing/servers';
import { channelName, clientCommand, type ClientOptions, clientOptions } from '../client/client-options';
import { type Source } from './payloads';

export interface PublishOptions extends ClientOptions {
  readonly channel: string;
  readonly source: Source;
  /** Messages per second; undefined: as fast as the acks come. */
  readonly rate: number | undefined;
  /** Also sends messages that break the contract of a known subject, and sends everything unchanged. */
  readonly force: boolean;
}

interface Given {
  file?: string;
  stdin?: true;
  count?: number;
  rate?: number;
  force?: true;
}

const NOTES = `
The data of a known subject, such as ticket:created or payment:created, must keep its contract (docs/events.md); a
missing meta is filled in. Any other channel takes any text.

Exit code: 0 all acked, up to where it was asked to end; 1 something was refused or not acked; 2 wrong use.
Typing rs and Enter builds and restarts it.

Examples:
  npm run nats:publish -- greetings 'hello {n}' --count 10 --rate 2
  npm run nats:publish -- ticket:created '{"id":"6565f0c2a1b2c3d4e5f60718","version":0,"title":"concert","price":20,"userId":"alice"}'
  npm run nats:publish -- ticket:updated --file events.jsonl
`;

/** Reads the command line. @throws CommanderError when it is wrong, or help was asked for; then the message is printed */
export function readPublishOptions(argv: readonly string[], env: NodeJS.ProcessEnv): PublishOptions {
  const command = clientCommand('nats:publish', 'Publishes to a channel of the broker and waits for the acks.')
    .argument('<channel>', 'such as ticket:created', channelName)
    .argument('[data]', 'the data of the message')
    .addOption(
      new Option('--file <file>', 'a message for each line, or one message if the whole file is one JSON value')
        .argParser((file) => userPath(file, env))
        .conflicts('stdin'),
    )
    .option('--stdin', 'publishes a message for each input line')
    .option('--count <n>', 'how many times; {n} in the data becomes 0, 1, 2 ...', wholeNumber(1))
    .option('--rate <r>', 'messages per second, from 0.001 (default: as fast as the acks come)', rateOf)
    .option('--force', 'send it unchanged, even if it breaks a contract')
    .addHelpText('after', NOTES);
  refuseSwallowed(command, argv, env);
  command.parse(argv, { from: 'user' });
  const [channel, data] = command.processedArgs as [string, string | undefined];
  const { file, stdin, count, rate, force } = command.opts<Given>();
  const sources = [data, file, stdin].filter((given) => given !== undefined);
  if (sources.length !== 1) command.error('error: give the data, or --file, or --stdin: one of them');
  if (stdin && count !== undefined) command.error('error: --count cannot repeat what comes by --stdin; use --file');
  return {
    ...clientOptions(command, 'publisher', env),
    ...{ channel, rate, force: force ?? false },
    source: stdin ? 'stdin' : { ...(file === undefined ? { data: data ?? '' } : { file }), count },
  };
}

function rateOf(text: string): number {
  const value = Number(text);
  if (value >= 0.001 && value < Infinity) return value;
  throw new InvalidArgumentError('It must be a number of at least 0.001.');
}
