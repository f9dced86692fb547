import { firstThatWorks, NoOtherChoice } from '../fetch/choice';
import { freePort } from '../start/free-port';
import { given } from '../start/given-server';
import type { RunningServer, ServerOptions } from '../start/running-server';
import { EndedError } from '../process/server-process';
import { startServer } from '../start/start-server';
import { natsChoices } from './choices';
import { natsProgram, storeFolder } from './nats-program';
import { NATS_STREAMING } from './release';
import { healStore } from './store/heal-store';
import { storeRefusal } from './store/store-refusal';

export interface NatsOptions extends ServerOptions {
  /** The name that clients must know. Absent: "ticketing". */
  clusterId?: string;
  /** The port where its state can be read. Absent: a free port. */
  monitorPort?: number;
  /** Appended to the command line, so that they win over what is set here, e.g. ['-mm', '100']. */
  args?: readonly string[];
}

export interface RunningNats extends RunningServer {
  readonly clusterId: string;
  /** Where the server's own state can be read by HTTP; undefined when it was given by its address. */
  readonly monitorUrl: string | undefined;
  /** What the program was started with; empty when it was given by its address. */
  readonly args: readonly string[];
}

/**
 * A dead client is dropped after 5 s and 2 failed heartbeats. Channels and messages have no limit, because the defaults
 * lose messages silently; 10 GB per channel is a last bound for the disk. There is no read-ahead, because it can hide
 * acked messages (docs/nats-streaming.md).
 */
const SET_ON_PURPOSE = [
  ...['-hbi', '5s', '-hbt', '5s', '-hbf', '2', '-mc', '0', '-mm', '0', '-mb', '10GB'],
  '--file_read_buffer_size=0',
];

/**
 * Finds or gets a NATS Streaming server and runs it: NATS_URL, one on PATH or in the cache, the official release, or
 * one built with Go, in this order. Without a data folder it keeps its messages in memory; with one, what a kill left in its
 * store is cut first.
 * @throws NoServerError that lists every choice with its reason and remedy; NoOtherChoice when it ends with `args` at once,
 * or its store is in use or damaged.
 */
export async function startNats(options: NatsOptions = {}): Promise<RunningNats> {
  const env = options.env ?? process.env;
  const log = options.log ?? (() => undefined);
  const clusterId = options.clusterId ?? 'ticketing';
  const monitor = options.monitorPort ?? (await freePort());
  const store = options.dataDir === undefined ? ['-st', 'MEMORY'] : [];
  const args = ['-cid', clusterId, '-m', String(monitor), ...store, ...SET_ON_PURPOSE, ...(options.args ?? [])];
  const choices = natsChoices(NATS_STREAMING, (file) => natsProgram(file, args));
  return firstThatWorks(NATS_STREAMING.engine, choices, { env, log }, async (offer, choice) => {
    if ('url' in offer) {
      const theirs = env['NATS_CLUSTER_ID'] || clusterId;
      return { ...given(offer.url, choice.name), clusterId: theirs, monitorUrl: undefined, args: [] };
    }
    const { dataDir } = options;
    const storeDir = dataDir && storeFolder(dataDir);
    const heal = (folder: string) => healStore(folder, log);
    const run = async (where: NatsOptions): Promise<RunningNats> => {
      const { port, ...server } = await startServer(offer.program, where, env, heal).catch((error: unknown) => {
        const refusal = storeDir && storeRefusal(String(error), dataDir, storeDir);
        if (refusal) throw new NoOtherChoice(refusal, { cause: error });
        // Arguments of the caller are at fault, and every other server would refuse them as well.
        if (error instanceof EndedError && options.args?.length) throw new NoOtherChoice(error.message);
        throw error;
      });
      const urls = { url: `nats://127.0.0.1:${port}`, monitorUrl: `http://127.0.0.1:${monitor}` };
      return { ...urls, source: choice.name, clusterId, ...server, again: () => run({ ...options, port }) };
    };
    return run(options);
  });
}
