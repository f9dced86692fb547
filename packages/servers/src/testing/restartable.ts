import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../process/is-alive';
import { pauseProcess } from '../process/pause-process';
import { freePort } from '../start/free-port';
import { startMongo } from '../mongo/start-mongo';
import type { Engine } from '../nats/start-broker';
import { type JetStreamOptions, startJetStream } from '../nats/start-jetstream';
import { startNats } from '../nats/start-nats';
import type { RunningServer, ServerOptions } from '../start/running-server';
import { testEngine } from './test-engine';

/** A test's own server, which the test stops and starts again on the same port, with its data. */
export interface Restartable {
  readonly url: string;
  /** Undefined while it is down. */
  pid(): number | undefined;
  /** Where its data is, as it was given to the start of its kind. */
  readonly dataDir: string;
  /**
   * Ends it, by SIGKILL unless another signal is named; resolves when it is gone. Nothing when it is down. SIGUSR2 is
   * what `nats-server --signal ldm` sends: lame duck mode (docs.nats.io, "Signals").
   */
  down(signal?: 'SIGKILL' | 'SIGTERM' | 'SIGUSR2'): Promise<void>;
  /** Resolves when it is ready. Nothing when it is up. */
  up(): Promise<void>;
  /** Pauses the process, or lets it go on. The connections stay. Resolves when a paused one stands still. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Removes its data, as when the disk is lost: the next `up` starts with nothing. @throws when it is not down */
  loseData(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Gets the server's output, over all its starts. */
export type Output = NonNullable<ServerOptions['output']>;

/** Never the server of MONGO_URI, which a test must not stop. */
export function restartableMongo(output?: Output): Promise<Restartable> {
  return restartable((options) => startMongo({ ...options, env: { ...process.env, MONGO_URI: '' } }), output);
}

/** Never the server of NATS_URL. Its cluster id is `ticketing`; it keeps its messages in files. @param args as in `NatsOptions` */
export function restartableNats(output?: Output, args: readonly string[] = []): Promise<Restartable> {
  return restartable((options) => startNats({ ...options, args, env: { ...process.env, NATS_URL: '' } }), output);
}

/** Never the server of NATS_URL. @param options as in `JetStreamOptions` */
export function restartableJetStream(
  output?: Output,
  { env: given = process.env, ...more }: Pick<JetStreamOptions, 'args' | 'config' | 'env' | 'monitorPort'> = {},
): Promise<Restartable> {
  const env = { ...given, NATS_URL: '' };
  return restartable((options) => startJetStream({ ...options, ...more, env }), output);
}

/** @param engine by default the one that TEST_BROKER names, as for all tests */
export function restartableBroker(output?: Output, engine: Engine = testEngine()): Promise<Restartable> {
  return engine === 'jetstream' ? restartableJetStream(output) : restartableNats(output);
}

async function restartable(
  start: (options: ServerOptions) => Promise<RunningServer>,
  output: Output = () => undefined,
): Promise<Restartable> {
  const options = { port: await freePort(), dataDir: await mkdtemp(join(tmpdir(), 'ticketing-test-')), output };
  let running: RunningServer | undefined = await start(options);
  const { url } = running;
  const down: Restartable['down'] = async (signal = 'SIGKILL') => {
    const ending = running;
    running = undefined;
    if (signal === 'SIGKILL') return ending?.kill();
    if (ending?.pid !== undefined && isAlive(ending.pid)) process.kill(ending.pid, signal);
    await ending?.exited;
  };
  const removeData = () => rm(options.dataDir, { recursive: true, force: true });
  return {
    url,
    pid: () => running?.pid,
    dataDir: options.dataDir,
    down,
    up: async () => void (running ??= await start(options)),
    signal: async (signal) => {
      if (running?.pid === undefined) return;
      if (signal === 'SIGSTOP') await pauseProcess(running.pid);
      else process.kill(running.pid, signal);
    },
    loseData: async () => {
      if (running) throw new Error('its data cannot be removed while it is up: take it down first');
      await removeData();
    },
    remove: async () => {
      await down();
      await removeData();
    },
  };
}
