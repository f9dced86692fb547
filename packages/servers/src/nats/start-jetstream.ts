import { firstThatWorks, NoOtherChoice } from '../fetch/choice';
import { EndedError } from '../process/server-process';
import { freePort } from '../start/free-port';
import { given } from '../start/given-server';
import type { RunningServer, ServerOptions } from '../start/running-server';
import { startServer } from '../start/start-server';
import { natsChoices } from './choices';
import { jetStreamProgram } from './jetstream-program';
import { NATS_SERVER } from './release';

export interface JetStreamOptions extends ServerOptions {
  /** The port where its state can be read. Absent: a free port. */
  monitorPort?: number;
  /** Appended to the command line, so that they win over what is set here. */
  args?: readonly string[];
  /** Appended to the server's configuration file, e.g. 'authorization { ... }'. */
  config?: string;
}

export interface RunningJetStream extends RunningServer {
  /** Where the server's own state can be read by HTTP; undefined when it was given by its address. */
  readonly monitorUrl: string | undefined;
  /** What the program was started with; empty when it was given by its address. */
  readonly args: readonly string[];
}

/**
 * Finds or gets a nats-server with JetStream and runs it: NATS_URL, one on PATH or in the cache, the official release,
 * or one built with Go, in this order. A program that is too old is passed over. It keeps its messages in files, and
 * syncs them before each ack; without a data folder they are removed when it stops.
 * @throws NoServerError that lists every choice with its reason and remedy; NoOtherChoice when it ends with `args` or
 * `config` at once.
 */
export async function startJetStream(options: JetStreamOptions = {}): Promise<RunningJetStream> {
  const { env = process.env, log = () => undefined, config = '' } = options;
  const monitor = options.monitorPort ?? (await freePort());
  const args = ['-m', String(monitor), ...(options.args ?? [])];
  const choices = natsChoices(NATS_SERVER, (file) => jetStreamProgram(file, args, config));
  return firstThatWorks(NATS_SERVER.engine, choices, { env, log }, async (offer, choice) => {
    if ('url' in offer) return { ...given(offer.url, choice.name), monitorUrl: undefined, args: [] };
    const run = async (where: JetStreamOptions): Promise<RunningJetStream> => {
      const { port, ...server } = await startServer(offer.program, where, env).catch((error: unknown) => {
        const isOurFault = options.args?.length || config !== '';
        if (error instanceof EndedError && isOurFault) throw new NoOtherChoice(error.message);
        throw error;
      });
      const urls = { url: `nats://127.0.0.1:${port}`, monitorUrl: `http://127.0.0.1:${monitor}` };
      return { ...urls, source: choice.name, ...server, again: () => run({ ...options, port }) };
    };
    return run(options);
  });
}
