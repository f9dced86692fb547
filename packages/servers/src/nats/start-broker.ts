import type { ServerOptions } from '../start/running-server';
import { NATS_SERVER, NATS_STREAMING } from './release';
import { type RunningJetStream, startJetStream } from './start-jetstream';
import { type RunningNats, startNats } from './start-nats';

/** The engines that can be started, as the variable BROKER names them. */
export type Engine = 'streaming' | 'jetstream';

/** Their names for people. */
export const engineNames: Readonly<Record<Engine, string>> = {
  streaming: NATS_STREAMING.engine,
  jetstream: NATS_SERVER.engine,
};

export interface BrokerServerOptions extends ServerOptions {
  /** Of NATS Streaming; JetStream has none. Absent: "ticketing". */
  clusterId?: string;
  /** Appended to the command line of the engine's program. */
  args?: readonly string[];
}

/** A broker of either engine. With JetStream the cluster id says nothing. */
export interface RunningBroker extends RunningJetStream, Pick<RunningNats, 'clusterId'> {}

/** Starts the broker of this engine, by `startNats` or `startJetStream`. @throws like these */
export async function startBroker(engine: Engine, options: BrokerServerOptions = {}): Promise<RunningBroker> {
  if (engine === 'streaming') return startNats(options);
  const { clusterId = 'ticketing', ...common } = options;
  return { ...(await startJetStream(common)), clusterId };
}
