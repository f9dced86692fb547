import { refuseSwallowed } from '@ticketing/command-line';
import { addAddressOptions, addressesOf, type SystemAddresses } from '@ticketing/operate';
import { wholeNumber } from '@ticketing/servers';
import { readAddresses } from '@ticketing/start/addresses';
import { Command } from 'commander';

const HELP = `
Without an address it shows the system that \`npm start\` runs, which has the same page at its own address.

The page only reads, unless you give --act: then it can redrive and drop dead letters, rebuild and re-emit. With --api and JWT_KEY in
the environment it can also sell, order, cancel and pay as made-up users: do not do that to a system with real ones.

It listens on loopback only. To see a system in Kubernetes, forward the ports of its broker and databases first: docs/kubernetes.md, "Look".

Examples:
  npm run console
  npm run console -- --mongo mongodb://localhost:27017 --nats nats://localhost:4222 --monitor http://localhost:8222
  npm run console -- --act --port 8080
`;

export interface ConsoleOptions {
  readonly addresses: SystemAddresses;
  readonly port: number;
  readonly mayAct: boolean;
  /** Where the API is; undefined: nothing can be sold on the page. */
  readonly api: string | undefined;
}

/** @throws CommanderError, which it has explained; CommandError when there is no system to look at */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): ConsoleOptions {
  const command = new Command('npm run console --')
    .description('Shows a running system in a browser, live: events, aggregates, replicas, and what an operator needs.')
    .option('--port <port>', 'where the page is (default: 3300; 0 takes a free one)', wholeNumber(), 3300)
    .option('--act', 'the page may also change the system', false)
    .option('--api <url>', 'the address of the API, such as http://localhost:3000')
    .addHelpText('after', HELP)
    .exitOverride();
  addAddressOptions(command, 'databases', 'nats', 'clusterId', 'broker', 'monitor');
  refuseSwallowed(command, args);
  command.parse(args, { from: 'user' });
  const { port, act, api } = command.opts<{ port: number; act: boolean; api?: string }>();
  const addresses = addressesOf(command, env);
  const running = readAddresses(env);
  const isNpmStart = running !== undefined && running.natsUrl === addresses.nats;
  return { addresses, port, mayAct: act, api: api ?? (isNpmStart ? running.url : undefined) };
}
