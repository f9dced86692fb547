import { CommandError } from '@ticketing/command-line';
import { readNatsUrl, shownNatsUrl } from '@ticketing/common/nats-url';
import type { Engine } from '@ticketing/servers';
import { type Addresses, readAddresses } from '@ticketing/start/addresses';
import type { Command } from 'commander';
import { readOwnServer } from './own-server';

/** The address of a broker. */
export interface ServerAddress {
  readonly broker: Engine;
  /** In the form of NATS_URL: see `readNatsUrl`. */
  readonly url: string;
  /** The name of the cluster: NATS Streaming answers only clients that know it. */
  readonly clusterId: string;
  /** What a person should know about the choice; undefined when it was named, or when nothing else could be meant. */
  readonly note?: string;
}

/** A broker that runs here. */
interface FoundServer {
  readonly of: 'npm start' | 'nats:server';
  readonly at: number;
  readonly broker: Engine;
  readonly url: string;
  readonly clusterId: string | undefined;
  readonly monitorUrl: string | undefined;
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

/** The brokers of `npm start` and of `nats:server` that run here, the newest first; of one engine if it is given. */
function runningHere(env: NodeJS.ProcessEnv, engine?: Engine): readonly FoundServer[] {
  const [system, own] = [readAddresses(env), readOwnServer(env)];
  const found: readonly FoundServer[] = [
    ...(system ? [ofSystem(system)] : []),
    ...(own ? [{ of: 'nats:server' as const, ...own, clusterId: own.clusterId }] : []),
  ];
  return found.filter(({ broker }) => engine === undefined || broker === engine).sort((a, b) => b.at - a.at);
}

function ofSystem({ at, broker, natsUrl, natsClusterId, natsMonitorUrl }: Addresses): FoundServer {
  return { of: 'npm start', at, broker, url: natsUrl, clusterId: natsClusterId, monitorUrl: natsMonitorUrl };
}

/**
 * The given server, else that of NATS_URL, else the newest that runs here, of `nats:server` or `npm start`, else the one on the usual
 * port.
 * @throws NatsUrlError when NATS_URL is no address
 */
export function serverAddress(given: Partial<ServerAddress>, env: NodeJS.ProcessEnv): ServerAddress {
  const named = given.url ?? natsUrlIn(env);
  const [newest, older] = named === undefined ? runningHere(env, given.broker) : [];
  const note = newest && noteOf(newest, older);
  return {
    broker: given.broker ?? newest?.broker ?? 'streaming',
    url: named ?? newest?.url ?? USUAL.url,
    clusterId: given.clusterId ?? newest?.clusterId ?? (env['NATS_CLUSTER_ID']?.trim() || USUAL.clusterId),
    ...(note !== undefined && { note }),
  };
}

function noteOf({ of, url }: FoundServer, older: FoundServer | undefined): string | undefined {
  const which = `this is the server of ${of}, ${shownNatsUrl(url)}`;
  if (older)
    return `${which}, because it is newer than that of ${older.of}, ${shownNatsUrl(older.url)}; --url names another`;
  return of === 'npm start' ? `${which}: services of a running system read it` : undefined;
}

/**
 * The given monitoring port, else that of NATS_MONITOR_URL, else that of the newest server that runs here, else the usual one.
 * @throws CommandError when NATS_MONITOR_URL is no address
 */
export function monitorAddress(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const inEnv = env['NATS_MONITOR_URL']?.trim();
  const named = given ?? (inEnv && readMonitorUrl(inEnv));
  if (inEnv && named === undefined) {
    throw new CommandError(`NATS_MONITOR_URL must be an address such as ${USUAL.monitorUrl}`);
  }
  return named || (runningHere(env)[0]?.monitorUrl ?? USUAL.monitorUrl);
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
