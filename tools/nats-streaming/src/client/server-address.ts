import { CommandError } from '@ticketing/command-line';
import { readNatsUrl } from '@ticketing/common/nats-url';
import type { Engine } from '@ticketing/servers';
import { readAddresses } from '@ticketing/start/addresses';
import type { Command } from 'commander';

/** The address of a broker. */
export interface ServerAddress {
  readonly broker: Engine;
  /** In the form of NATS_URL: see `readNatsUrl`. */
  readonly url: string;
  /** The name of the cluster: NATS Streaming answers only clients that know it. */
  readonly clusterId: string;
}

/** The default ports of both servers, which `npm run nats:forward` opens. */
const USUAL = { url: 'nats://localhost:4222', clusterId: 'ticketing', monitorUrl: 'http://localhost:8222' };

/** The address of a monitoring port, which has no users; undefined when it is not one. */
export function readMonitorUrl(text: string): string | undefined {
  const url = text.includes('://') ? text : `http://${text}`;
  if (/\s/.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, username } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' ? url : undefined;
}

/** @throws NatsUrlError when NATS_URL is given and is no address; an empty one counts as not given */
function natsUrlIn(env: NodeJS.ProcessEnv): string | undefined {
  const url = env['NATS_URL']?.trim();
  if (url) readNatsUrl(url);
  return url || undefined;
}

/**
 * The given server, else that of NATS_URL, else that of the running `npm start`, else the one on the usual port.
 * @throws NatsUrlError when NATS_URL is no address
 */
export function serverAddress(given: Partial<ServerAddress>, env: NodeJS.ProcessEnv): ServerAddress {
  const named = given.url ?? natsUrlIn(env);
  const running = named === undefined ? readAddresses(env) : undefined;
  return {
    broker: given.broker ?? running?.broker ?? 'streaming',
    url: named ?? running?.natsUrl ?? USUAL.url,
    clusterId: given.clusterId ?? running?.natsClusterId ?? (env['NATS_CLUSTER_ID']?.trim() || USUAL.clusterId),
  };
}

/**
 * The given monitoring port, else that of NATS_MONITOR_URL, else that of the running `npm start`, else the usual one.
 * @throws CommandError when NATS_MONITOR_URL is no address
 */
export function monitorAddress(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const inEnv = env['NATS_MONITOR_URL']?.trim();
  const named = given ?? (inEnv && readMonitorUrl(inEnv));
  if (inEnv && named === undefined) {
    throw new CommandError(`NATS_MONITOR_URL must be an address such as ${USUAL.monitorUrl}`);
  }
  return named || (readAddresses(env)?.natsMonitorUrl ?? USUAL.monitorUrl);
}

/** The engine that `--broker` or BROKER names; undefined when neither does. */
export function namedBroker(command: Command, env: NodeJS.ProcessEnv): Engine | undefined {
  const named = command.getOptionValueSource('broker') === 'cli' || env['BROKER'];
  return named ? command.opts<{ broker: Engine }>().broker : undefined;
}

/** What to type when no server is there. */
export const HOW_TO_START =
  'Start one with `npm run nats:server` (or the whole system with `npm start`), reach one in Kubernetes with\n' +
  '`npm run nats:forward`, or say where it is:';
