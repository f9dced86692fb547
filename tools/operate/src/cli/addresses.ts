import { brokerOption, CommandError } from '@ticketing/command-line';
import { readNatsUrl } from '@ticketing/common/nats-url';
import { databaseUrl, type Engine } from '@ticketing/servers';
import { inCapitals, perService, type ServiceName, serviceNames } from '@ticketing/services';
import { readAddresses } from '@ticketing/start/addresses';
import { type Command, Option } from 'commander';

/** The addresses of the parts of the system; undefined where not given. */
export interface SystemAddresses {
  /** The database of each service. */
  readonly databases: Readonly<Record<ServiceName, string | undefined>>;
  readonly nats: string | undefined;
  readonly clusterId: string;
  /** The engine at `nats`. */
  readonly broker: Engine;
  readonly monitor: string | undefined;
}

export type Part = ServiceName | 'nats' | 'monitor';

const mongo = () =>
  new Option('--mongo <url>', `MongoDB with the databases ${serviceNames.join(' and ')}`).env('MONGO_URI');
const variableOf = (service: ServiceName) => `${inCapitals(service)}_MONGO_URI`;
const mongoOf = (service: ServiceName) =>
  new Option(`--${service}-mongo <url>`, `the database of ${service} (default name: ${service})`).env(
    variableOf(service),
  );

const OPTIONS = {
  /** One server for all databases, or one for each. */
  databases: () => [mongo(), ...serviceNames.map(mongoOf)],
  nats: () => [new Option('--nats <url>', 'the broker').env('NATS_URL')],
  clusterId: () => [new Option('--cluster-id <id>', 'its cluster id (default: ticketing)').env('NATS_CLUSTER_ID')],
  broker: () => [brokerOption('engine of the broker there: streaming or jetstream')],
  monitor: () => [new Option('--monitor <url>', 'its monitoring port, http://host:8222').env('NATS_MONITOR_URL')],
} as const;

const REMEDY: Readonly<Record<Part, string>> = {
  ...perService((service) => `--mongo or --${service}-mongo (MONGO_URI, ${variableOf(service)})`),
  nats: '--nats (NATS_URL)',
  monitor: '--monitor (NATS_MONITOR_URL); NATS Streaming has that port when it is started with -m 8222',
};

/** Adds the options for the addresses of the system. Without any of them it is the one that `npm start` runs. */
export function addAddressOptions(command: Command, ...names: readonly (keyof typeof OPTIONS)[]): Command {
  for (const option of names.flatMap((name) => OPTIONS[name]())) command.addOption(option);
  return command;
}

/**
 * The addresses from the options or else the environment; without any, those of the running `npm start`. The two are
 * not mixed, because the databases of one system do not match the stream of another.
 * @throws CommandError when nothing is given and nothing runs; NatsUrlError
 */
export function addressesOf(command: Command, env: NodeJS.ProcessEnv): SystemAddresses {
  const given = (name: string, source?: 'cli' | 'env'): string | undefined => {
    if (source !== undefined && command.getOptionValueSource(name) !== source) return undefined;
    return (command.getOptionValue(name) as string | undefined)?.trim() || undefined;
  };
  const database = (service: ServiceName) => {
    const name = mongoOf(service).attributeName();
    const onServer = (url: string | undefined) => (url === undefined ? undefined : databaseUrl(url, service));
    // Like the service reads its own MONGO_URI. The driver's default would be a database that no service uses.
    const named = (url: string | undefined) => (url !== undefined && namesDatabase(url) ? url : onServer(url));
    // Either option overrides the environment.
    return (
      named(given(name, 'cli')) ?? onServer(given('mongo', 'cli')) ?? named(given(name)) ?? onServer(given('mongo'))
    );
  };
  const natsUrl = given('nats');
  if (natsUrl !== undefined) readNatsUrl(natsUrl, '--nats (NATS_URL)');
  const addresses = {
    databases: perService(database),
    ...{ nats: natsUrl, clusterId: given('clusterId') ?? 'ticketing', monitor: given('monitor') },
    broker: (given('broker') ?? 'streaming') as Engine,
  };
  const { databases, nats, monitor } = addresses;
  if ([...Object.values(databases), nats, monitor].some((address) => address !== undefined)) return addresses;
  const running = readAddresses(env);
  if (!running) {
    throw new CommandError(
      'No address is given, and no `npm start` runs here. Start it, or say where the system is, such as\n' +
        '  --mongo mongodb://host:27017 --nats nats://host:4222 --monitor http://host:8222',
    );
  }
  return {
    databases: perService((service) => databaseUrl(running.mongoUrl, service)),
    nats: running.natsUrl,
    clusterId: given('clusterId', 'cli') ?? running.natsClusterId,
    broker: running.broker,
    monitor: running.natsMonitorUrl,
  };
}

function namesDatabase(mongoUrl: string): boolean {
  return /^[^:]+:\/\/[^/?]*\/[^?]/.test(mongoUrl);
}

/** @throws CommandError that names the option when the address was not given */
export function need(addresses: SystemAddresses, part: Part): string {
  const address = part === 'nats' || part === 'monitor' ? addresses[part] : addresses.databases[part];
  if (address === undefined) throw new CommandError(`The address of ${part} is missing: give ${REMEDY[part]}.`);
  return address;
}
