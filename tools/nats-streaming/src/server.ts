import { join } from 'node:path';
import { brokerOption, CommandError, onStop, refuseSwallowed, tell, userPath } from '@ticketing/command-line';
import {
  assertPortFree,
  cacheDir,
  clearLeftovers,
  type Engine,
  noteIn,
  startJetStream,
  startNats,
  wholeNumber,
} from '@ticketing/servers';
import { Command, Option } from 'commander';
import { exitWith, orExit } from './client/exit-with';
import { noteOwnServer } from './client/own-server';

const HELP = `
It is started as this project starts it everywhere; what else is given goes to the server, and wins (docs/nats-streaming.md,
docs/jetstream.md).

Examples:
  npm run nats:server
  npm run nats:server -- --dir /tmp/nats                  keeps its messages there
  npm run nats:server -- -hbi 30s -hbt 10s -hbf 10        its own defaults for the health checks of clients
  npm run nats:server -- --broker jetstream --dir /tmp/js a nats-server with JetStream, on files there
`;

/** Options of the server that this program sets itself, with their names here. */
const OURS: Readonly<Record<string, string>> = {
  ...{ p: '--port', port: '--port', m: '--monitor-port', http_port: '--monitor-port', dir: '--dir' },
  ...{ a: '', addr: '', net: '', ns: '', nats_server: '', st: '--dir', store: '--dir', ms: '', https_port: '' },
  ...{ c: '', config: '', js: '', jetstream: '', sd: '--dir', store_dir: '--dir' },
};

/** The printed "Ready" must be true. @throws CommandError for an option that would make it wrong */
function refuseOurs(args: readonly string[]): void {
  for (const arg of args) {
    const name = /^--?([a-z_]+)(=|$)/.exec(arg)?.[1] ?? '';
    if (!Object.hasOwn(OURS, name)) continue;
    const instead = OURS[name] === '' ? 'It listens on 127.0.0.1 by itself, in plain.' : `Use ${OURS[name]} instead.`;
    throw new CommandError(`${arg} cannot be given here: this program sets it. ${instead}`);
  }
}

const SECRET = '--?(pass|auth|encryption_key|sql_source)';
const [NAMED, GIVEN] = [new RegExp(`^${SECRET}$`), new RegExp(`^(${SECRET}=).*`, 's')];

/** A command line without secrets: `-pass x` and `-pass=x` without the `x`. */
function withoutSecrets(args: readonly string[]): string[] {
  return args.map((arg, index) => (NAMED.test(args[index - 1] ?? '') ? '***' : arg.replace(GIVEN, '$1***')));
}

/** The cluster id that it was given; the last one counts. */
function clusterIn(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((arg) => /^--?(cid|cluster_id)(=|$)/.test(arg));
  return at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
}

/** The file that notes the server of this port. A server that keeps its messages in memory has no folder for it. */
function portNote(port: number): string {
  return join(cacheDir(process.env), `nats-server-${port}.process`);
}

/** `npm run nats:server`: one server of either engine, to try things on, until it is stopped. */
async function serve(argv: readonly string[]): Promise<void> {
  const port = wholeNumber(1, 65_535);
  const command = new Command('npm run nats:server --')
    .description(
      'Runs one NATS Streaming server on this machine, or a nats-server with JetStream. Without --dir its messages are gone when it is stopped.',
    )
    .argument('[options...]', 'of nats-streaming-server or nats-server, such as -SD or -D')
    .addOption(new Option('--port <port>', 'for clients').argParser(port).env('NATS_PORT').default(4222))
    .addOption(
      new Option('--monitor-port <port>', 'for npm run nats:monitor')
        .argParser(port)
        .env('NATS_MONITOR_PORT')
        .default(8222),
    )
    .option('--dir <folder>', 'keep the messages here', (folder: string) => userPath(folder))
    .option('--end-leftovers', 'first end a server that a killed nats:server left on this folder, or port', false)
    .addOption(brokerOption())
    .addHelpText('after', HELP)
    .allowUnknownOption()
    .exitOverride();
  refuseSwallowed(command, argv);
  command.parse(argv, { from: 'user' });
  const options = command.opts<{
    port: number;
    monitorPort: number;
    dir?: string;
    endLeftovers: boolean;
    broker: Engine;
  }>();
  refuseOurs(command.args);
  const note = options.dir === undefined ? portNote(options.port) : noteIn(options.dir);
  const again = ['npm run nats:server --', ...withoutSecrets(argv), '--end-leftovers'].join(' ');
  await clearLeftovers([note], { end: options.endLeftovers, command: again, log: (line) => tell(line) });
  await Promise.all([assertPortFree(options.port), assertPortFree(options.monitorPort)]);
  const [program, start] =
    options.broker === 'jetstream'
      ? (['nats-server', startJetStream] as const)
      : (['nats-streaming-server', startNats] as const);
  const server = await start({
    env: { ...process.env, NATS_URL: '' },
    port: options.port,
    ...(options.dir !== undefined && { dataDir: options.dir }),
    note,
    monitorPort: options.monitorPort,
    args: command.args,
    log: (line) => tell(line),
    output: (text) => void process.stderr.write(text),
  });
  tell('', `${program} ${withoutSecrets(server.args).join(' ')}`, '');
  const monitorUrl = `http://127.0.0.1:${options.monitorPort}`;
  const own = { broker: options.broker, url: server.url, clusterId: clusterIn(server.args), monitorUrl };
  process.on('exit', noteOwnServer(process.env, own));
  tell(`Ready: ${server.url}, monitoring at ${monitorUrl}. Ctrl-C stops it.`);
  let stopping = false;
  onStop(() => {
    stopping = true;
    void server.stop();
  });
  await server.exited;
  exitWith(stopping ? 0 : 1, stopping ? 'stopped' : 'The server has ended by itself; its last lines are above.');
}

void orExit(() => serve(process.argv.slice(2)));
