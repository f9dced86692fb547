import { uniqueClientId } from '@ticketing/common/client-id';
import { NatsUrlError, readNatsUrl } from '@ticketing/common/nats-url';
import { brokerOption, withoutAddresses } from '@ticketing/command-line';
import { Command, InvalidArgumentError } from 'commander';
import { namedBroker, type ServerAddress, serverAddress } from './server-address';

/** How a program connects to the server. */
export interface ClientOptions extends ServerAddress {
  /** Its client id. Random if not given, because a second client with the id of a living one is refused. */
  readonly clientId: string;
  readonly givenClientId: boolean;
}

/** A command line with the options of all clients. */
export function clientCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .option(
      '--url <url>',
      'the server (NATS_URL; default: the newest that runs here, else nats://localhost:4222)',
      natsUrl,
    )
    .addOption(brokerOption('streaming or jetstream (default: that of the `npm start`)'))
    .option('--cluster <id>', 'cluster id of NATS Streaming (NATS_CLUSTER_ID; default: ticketing)', clusterId)
    .option('--client <id>', 'client id (default: a random one)', clientId)
    .option('--watch', 'restart when its source is edited, and stay when it has ended: rs starts it again')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists the options)')
    .configureOutput(withoutAddresses)
    .exitOverride();
}

/** What `clientCommand` has read. */
export function clientOptions(command: Command, prefix: string, env: NodeJS.ProcessEnv): ClientOptions {
  const { url, cluster, client } = command.opts<{ url?: string; cluster?: string; client?: string }>();
  const broker = namedBroker(command, env);
  const given = { ...(broker && { broker }), ...(url && { url }), ...(cluster && { clusterId: cluster }) };
  const address = serverAddress(given, env);
  return { ...address, clientId: client ?? uniqueClientId(prefix), givenClientId: client !== undefined };
}

/**
 * @throws InvalidArgumentError unless it can be the name of a channel: one that the server accepts (util.go,
 * IsChannelNameValid), in ASCII, because its client writes names byte by byte
 */
export function channelName(text: string): string {
  if (/^[!-~]+$/.test(text) && !/[*>/]|^\.|\.\.|\.$/.test(text)) return text;
  throw new InvalidArgumentError(
    'A channel has letters (ASCII), digits and signs, but no space, no / and no wildcard (* >); dots stand between names.',
  );
}

/** @throws InvalidArgumentError unless it can be the name of a queue group or a durable */
export function groupName(text: string): string {
  if (/^[^\s:]+$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It must not be empty, nor have a colon or a space: the server joins both names by a colon.',
  );
}

function clusterId(text: string): string {
  if (/^[!-)+-=?-~]+$/.test(text)) return text;
  throw new InvalidArgumentError('A cluster id has no space and no wildcard (* >).');
}

function clientId(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  throw new InvalidArgumentError('A client id has letters, digits, _ and - only.');
}

function natsUrl(text: string): string {
  try {
    readNatsUrl(text);
    return text;
  } catch (error) {
    throw error instanceof NatsUrlError ? new InvalidArgumentError(`It must be ${error.expected}.`) : error;
  }
}
