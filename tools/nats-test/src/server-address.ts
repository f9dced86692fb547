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

export const NATS_SCHEMES = ['nats', 'tls'];
export const MONITOR_SCHEMES = ['http', 'https'];

/**
 * An address with one of the schemes, of which the first is meant when none is given; undefined when it is not one. NATS has the port
 * 4222 unless it is named, and no IPv6 address in brackets.
 */
export function readAddress(text: string, schemes: readonly string[]): string | undefined {
  const url = text.includes('://') ? text : `${schemes[0]}://${text}`;
  if (/\s/.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  if (!schemes.includes(protocol.slice(0, -1)) || hostname === '') return undefined;
  if (!NATS_SCHEMES.includes(protocol.slice(0, -1))) return url;
  if (hostname.startsWith('[')) return undefined; // the client looks the brackets up as a name
  return port === '' ? `${url.replace(/\/+$/, '')}:4222` : url;
}

/** @throws CommandError when the variable is set to something else; an empty one counts as not given */
function addressIn(
  env: NodeJS.ProcessEnv,
  name: string,
  schemes: readonly string[],
  usual: string,
): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  const url = readAddress(text, schemes);
  if (url === undefined) throw new CommandError(`${name} must be an address such as ${usual}`);
  return url;
}

/**
 * The server that was named, else that of NATS_URL, else that of the running `npm start`, else the one on the usual port.
 * @throws CommandError when NATS_URL is no address
 */
export function serverAddress(given: Partial<ServerAddress>, env: NodeJS.ProcessEnv): ServerAddress {
  const named = given.url ?? addressIn(env, 'NATS_URL', NATS_SCHEMES, USUAL.url);
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
  const named = given ?? addressIn(env, 'NATS_MONITOR_URL', MONITOR_SCHEMES, USUAL.monitorUrl);
  return named ?? readAddresses(env)?.natsMonitorUrl ?? USUAL.monitorUrl;
}

/** What to type when no server is there. */
export const HOW_TO_START =
  'Start one with `npm run nats:server` (or the whole system with `npm start`), reach one in Kubernetes with\n' +
  '`npm run nats:forward`, or say where it is:';
