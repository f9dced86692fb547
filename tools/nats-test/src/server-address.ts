import { CommandError } from '@ticketing/command-line';
import { readAddresses } from '@ticketing/start/addresses';

/** Where a NATS Streaming server is. */
export interface ServerAddress {
  readonly url: string;
  /** The name of the cluster: a server answers only clients that know it. */
  readonly clusterId: string;
}

/** The ports that every NATS Streaming server has unless told otherwise, and that `npm run nats:forward` opens. */
const USUAL = { url: 'nats://localhost:4222', clusterId: 'ticketing', monitorUrl: 'http://localhost:8222' };

/** The text as an address with one of the schemes, of which the first is meant when none is given; undefined when it is not one. */
function withScheme(text: string, schemes: readonly string[]): string | undefined {
  const url = text.includes('://') ? text : `${schemes[0]}://${text}`;
  if (/\s/.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  return schemes.includes(protocol.slice(0, -1)) && hostname !== '' ? url : undefined;
}

/** The address of a NATS server, with its usual port when none is named; undefined when it is not one. */
export function readNatsUrl(text: string): string | undefined {
  const url = withScheme(text, ['nats', 'tls']);
  if (url === undefined) return undefined;
  const { hostname, port } = new URL(url);
  if (hostname.startsWith('[')) return undefined; // of IPv6: the client looks the brackets up as a name
  return port === '' ? `${url.replace(/\/+$/, '')}:4222` : url;
}

/** The address of a monitoring port, which knows no users; undefined when it is not one. */
export function readMonitorUrl(text: string): string | undefined {
  const url = withScheme(text, ['http', 'https']);
  return url !== undefined && new URL(url).username === '' ? url : undefined;
}

/** @throws CommandError when the variable is set to what `read` cannot read; an empty one counts as not given */
function addressIn(
  env: NodeJS.ProcessEnv,
  name: string,
  read: (text: string) => string | undefined,
  usual: string,
): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  const url = read(text);
  if (url === undefined) throw new CommandError(`${name} must be an address such as ${usual}`);
  return url;
}

/**
 * The server that was named, else that of NATS_URL, else that of the running `npm start`, else the one on the usual port.
 * @throws CommandError when NATS_URL is no address
 */
export function serverAddress(given: Partial<ServerAddress>, env: NodeJS.ProcessEnv): ServerAddress {
  const named = given.url ?? addressIn(env, 'NATS_URL', readNatsUrl, USUAL.url);
  const running = named === undefined ? readAddresses(env) : undefined;
  return {
    url: named ?? running?.natsUrl ?? USUAL.url,
    clusterId: given.clusterId ?? running?.natsClusterId ?? (env['NATS_CLUSTER_ID'] || USUAL.clusterId),
  };
}

/**
 * The monitoring port that was named, else that of NATS_MONITOR_URL, else of the running `npm start`, else the usual one.
 * @throws CommandError when NATS_MONITOR_URL is no address
 */
export function monitorAddress(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const named = given ?? addressIn(env, 'NATS_MONITOR_URL', readMonitorUrl, USUAL.monitorUrl);
  return named ?? readAddresses(env)?.natsMonitorUrl ?? USUAL.monitorUrl;
}

/** What to type when no server is there. */
export const HOW_TO_START =
  'Start one with `npm run nats:server` (or the whole system with `npm start`), reach one in Kubernetes with\n' +
  '`npm run nats:forward`, or say where it is:';
