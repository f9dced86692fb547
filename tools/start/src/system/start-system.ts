import {
  databaseUrl,
  type Engine,
  engineNames,
  startBroker,
  startMongo,
  type RunningServer,
  type ServerOptions,
  type SetUpLog,
} from '@ticketing/servers';
import { perService, perServiceSettled, type ServiceName, serviceNames } from '@ticketing/services';
import { breakableService } from '../console/breakable-service';
import { SystemConsole } from '../console/system-console';
import type { Addresses } from '../settings/addresses';
import { restartOnEdit } from '../dev/restart-on-edit';
import { restartableService } from '../dev/restartable-service';
import { startIngress } from '../ingress/ingress';
import { EventOrder } from './event-order';
import { givenServersAnswer } from './given-servers';
import { jwtKey } from '../settings/jwt-key';
import { keepServer, STUCK_WHEN } from './kept-server';
import { serverFolders, serviceNote } from './notes';
import { PLACES, type Part } from './parts';
import { readableLog } from './readable-log';
import { routesTo } from '../ingress/routes';
import { startServiceProcess } from './service-process';
import type { Settings } from '../settings/settings';

export interface SystemOptions {
  readonly settings: Settings;
  readonly broker: Engine;
  /** Restart a service when its source is edited. */
  readonly watch: boolean;
  /** Also say which ways to get a server were tried in vain. When all were, the error has them in any case. */
  readonly verbose: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Takes what is done, a line each. */
  readonly say: (line: string) => void;
  /** Takes the readable logs of the services. */
  readonly write: (text: string) => void;
  readonly colorize: boolean;
  /** Gets each part as soon as it runs, so that all running parts can be stopped at any time. */
  readonly onPart: (part: Part) => void;
  /** Gets the addresses of the services themselves, not through the ingress, each time that there is a new one. */
  readonly onServices: (urls: readonly string[]) => void;
}

/** The addresses of a ready system, and other facts about it. */
export interface SystemAddresses extends Omit<Addresses, 'pid' | 'at'> {
  /** Of its tokens. */
  readonly key: string;
}

/** All callers are on this machine, so any load is an experiment, and only the ingress is a trusted proxy. */
const LOCAL = { RATE_LIMIT_PER_MINUTE: '0', TRUST_PROXY: 'loopback' };

/**
 * Starts everything, and resolves when all services are ready. The ingress is first, so that a taken port is reported
 * before anything is downloaded or built.
 * @throws when a part cannot be started; the caller must stop the parts that run by then.
 */
export async function startSystem(options: SystemOptions): Promise<SystemAddresses> {
  const { settings, broker, env, say, onPart } = options;
  const targets = perService((): string[] => []);
  const console = new SystemConsole();
  const routes = [...routesTo(targets), ...console.routes];
  const ingress = await startIngress({ port: settings.port, routes }).catch((cause: unknown) => {
    throw new Error(`Port ${settings.port} is taken. Stop what listens there, or choose another: PORT=3001 npm start`, {
      cause,
    });
  });
  const stopIngress = async () => {
    await console.stop(); // whose streams the ingress would wait for
    await ingress.stop();
  };
  onPart({ name: 'ingress', place: PLACES.ingress, stop: stopIngress, kill: stopIngress, exited: never });

  const { mongo, nats } = await startServers(options, console);
  await givenServersAnswer({ mongo, nats }, broker);
  const key = jwtKey(env, settings.dataDir);
  const servers = {
    ...{ MONGO_URI: mongo.url, BROKER: broker, NATS_URL: nats.url, NATS_CLUSTER_ID: nats.clusterId, JWT_KEY: key },
    ...(nats.monitorUrl && { NATS_MONITOR_URL: nats.monitorUrl }),
  };
  const order = new EventOrder();
  const log = perService((name) => {
    const readable = readableLog(name, options);
    return (line: string) => {
      if (settings.tellEvents) order.take(line, () => readable(line));
      else readable(line);
      console.line(name, line);
    };
  });
  // Only on a broker of our own: another one may be far away, and have several addresses.
  const isOurs = nats.pid !== undefined;
  const brokerUrl = await perServiceSettled((name) =>
    isOurs ? console.between(name, nats.url) : Promise.resolve(nats.url),
  );
  const begin = (name: ServiceName, port = '') =>
    startServiceProcess({
      name,
      note: serviceNote(settings.dataDir, name),
      env: {
        // PORT is the ingress's own; the service takes a free one.
        ...{ ...env, PORT: port },
        ...servers,
        MONGO_URI: databaseUrl(mongo.url, name),
        NATS_URL: brokerUrl[name],
        NATS_CLIENT_ID: name,
        LOG_LEVEL: settings.tellEvents ? 'debug' : settings.logLevel,
        ...LOCAL,
        ...(env['RATE_LIMIT_PER_MINUTE'] && { RATE_LIMIT_PER_MINUTE: env['RATE_LIMIT_PER_MINUTE'] }),
      },
      log: log[name],
    });
  const moved = (name: ServiceName, url: string) => {
    targets[name].splice(0, 1, url);
    options.onServices(Object.values(targets).flat());
  };
  const service = async (name: ServiceName) => {
    const control = await breakableService((port) => begin(name, port));
    const part = console.add(name, control);
    const stop = () => {
      part.wake();
      return control.stop();
    };
    onPart({ name, place: PLACES.services, stop, kill: () => control.kill(), exited: control.exited });
    moved(name, control.url);
  };
  const restartable = async (name: ServiceName) => {
    const moves = (url: string) => moved(name, url);
    const kept = await restartableService(name, () => begin(name), moves, say);
    onPart({ ...kept, name, place: PLACES.services, exited: never });
    return kept;
  };
  say(`starting ${serviceNames.join(' and ')} ...`);
  if (options.watch) onPart(restartOnEdit(await perServiceSettled(restartable), say));
  else await perServiceSettled(service);
  console.open({ ...env, ...servers }, ingress.url);
  return {
    ...{ url: ingress.url, mongoUrl: mongo.url, key },
    ...{ broker, natsUrl: nats.url, natsClusterId: nats.clusterId, natsMonitorUrl: nats.monitorUrl },
  };
}

const never = new Promise<void>(() => undefined);

async function startServers({ settings, broker, verbose, env, say, onPart }: SystemOptions, console: SystemConsole) {
  const log: SetUpLog = (line, inVain) => (inVain && !verbose ? undefined : say(line));
  const keep = async <S extends RunningServer>(
    name: string,
    place: number,
    start: (options: ServerOptions) => Promise<S>,
    stuckWhen?: RegExp,
  ) => {
    const kept = await keepServer(name, (output) => start({ env, log, output }), say, stuckWhen);
    if (kept.first.pid === undefined) return kept.first;
    const part = console.add(name, kept);
    const stop = () => {
      part.wake();
      return kept.stop();
    };
    onPart({ name, place, stop, kill: kept.kill, exited: never });
    return kept.first;
  };
  const folders = serverFolders(settings.dataDir);
  const port = (given: number | undefined) => (given === undefined ? {} : { port: given });
  const [mongo, nats] = await allOf([
    keep('MongoDB', PLACES.mongo, (common) =>
      startMongo({ ...common, ...port(settings.mongoPort), dataDir: folders.mongo }),
    ),
    keep(
      engineNames[broker],
      PLACES.broker,
      (common) =>
        startBroker(broker, {
          ...common,
          ...port(settings.natsPort),
          dataDir: folders.brokers[broker],
          clusterId: env['NATS_CLUSTER_ID'] || 'ticketing',
        }),
      STUCK_WHEN[broker],
    ),
  ]);
  return { mongo, nats };
}

/** Waits for all even if one fails, so that none starts after a stop. @throws the first failure. */
async function allOf<T extends readonly Promise<unknown>[]>(all: readonly [...T]) {
  await Promise.allSettled(all);
  return Promise.all(all);
}
