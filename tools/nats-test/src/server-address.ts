import { readAddresses } from '@ticketing/start/addresses';

/** Where a NATS Streaming server is. */
export interface ServerAddress {
  readonly url: string;
  /** The name of the cluster: a server answers only clients that know it. */
  readonly clusterId: string;
}

/** The ports that every NATS Streaming server has unless told otherwise, and that `npm run nats:forward` opens. */
const USUAL = { url: 'nats://localhost:4222', clusterId: 'ticketing', monitorUrl: 'http://localhost:8222' };

/** The server that was named, else that of NATS_URL, else that of the running `npm start`, else the one on the usual port. */
export function serverAddress(given: Partial<ServerAddress>, env: NodeJS.ProcessEnv): ServerAddress {
  const named = given.url ?? (env['NATS_URL'] || undefined);
  const running = named === undefined ? readAddresses(env) : undefined;
  return {
    url: named ?? running?.natsUrl ?? USUAL.url,
    clusterId: given.clusterId ?? running?.natsClusterId ?? (env['NATS_CLUSTER_ID'] || USUAL.clusterId),
  };
}

/** The monitoring port that was named, else that of NATS_MONITOR_URL, else of the running `npm start`, else the usual one. */
export function monitorAddress(given: string | undefined, env: NodeJS.ProcessEnv): string {
  return given ?? (env['NATS_MONITOR_URL'] || readAddresses(env)?.natsMonitorUrl) ?? USUAL.monitorUrl;
}

/** What to type when no server is there. */
export const HOW_TO_START =
  'Start one with `npm run nats:server` (or the whole system with `npm start`), reach one in Kubernetes with\n' +
  '`npm run nats:forward`, or say where it is:';
