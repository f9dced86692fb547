import { setTimeout as sleep } from 'node:timers/promises';
import type { JetStreamOptions } from '../nats/start-jetstream';
import { freePort } from '../start/free-port';
import { type Output, type Restartable, restartableJetStream } from './restartable';

/** One server of a cluster. */
export interface JetStreamNode extends Restartable {
  readonly name: string;
  /** Where its state can be read by HTTP: /healthz, /jsz and others. */
  readonly monitorUrl: string;
}

/** Three servers that are one cluster, with their own data. What is asked of the cluster is done to each of them. */
export interface JetStreamCluster extends Omit<Restartable, 'pid' | 'dataDir'> {
  readonly nodes: readonly [JetStreamNode, JetStreamNode, JetStreamNode];
  /** The addresses of all, as in NATS_URL. */
  readonly url: string;
  /** Starts those that are down. Resolves when each has what the others have. @throws Error when that takes too long */
  up(): Promise<void>;
  /** The server that leads the stream, by those that are up; undefined during an election, or without a majority. */
  leaderOf(stream: string): Promise<JetStreamNode | undefined>;
}

/** Where a node of a cluster is. */
export interface NodePlace {
  readonly name: string;
  /** Where the other nodes find it. */
  readonly route: string;
  /** Where it finds all of them. */
  readonly routes: readonly string[];
}

export interface ClusterOptions {
  /** Default `n1`, `n2`, `n3`. */
  readonly names?: readonly [string, string, string];
  /** The command line that makes a node of the cluster, and its environment. Absent: by options of the command line only. */
  readonly node?: (place: NodePlace) => Pick<JetStreamOptions, 'args' | 'env'>;
  /** Gets the output of all. */
  readonly output?: Output;
  /** Appended to the configuration file of each, e.g. 'authorization { ... }'. */
  readonly config?: string;
}

/** How long they may take to elect a leader, and to catch up with it (ms). */
const READY_WITHIN_MS = 60_000;

/**
 * Starts three servers as processes of this machine, and resolves when streams can be made on them. Never those of
 * NATS_URL. Each syncs before it acks.
 * @throws NoServerError; Error when they are not ready in time
 */
export async function startJetStreamCluster(options: ClusterOptions = {}): Promise<JetStreamCluster> {
  const { names = ['n1', 'n2', 'n3'], node: nodeAt = nodeByOptions, output, config = '' } = options;
  const routes = await Promise.all(names.map(async () => `nats://127.0.0.1:${await freePort()}`));
  const started: JetStreamNode[] = [];
  const each = async (act: (node: JetStreamNode) => Promise<void>) => void (await Promise.all(started.map(act)));
  const remove = () => each((node) => node.remove());
  const startNode = async (n: 0 | 1 | 2): Promise<JetStreamNode> => {
    const [name, monitorPort] = [names[n], await freePort()];
    const more = nodeAt({ name, route: routes[n] ?? '', routes });
    const server = await restartableJetStream(output, { monitorPort, config, ...more });
    const node = { ...server, name, monitorUrl: `http://127.0.0.1:${monitorPort}` };
    started.push(node);
    return node;
  };
  try {
    const starting = [startNode(0), startNode(1), startNode(2)] as const;
    await Promise.allSettled(starting);
    const nodes = await Promise.all(starting);
    await untilReady(nodes);
    return {
      nodes,
      url: nodes.map(({ url }) => url).join(),
      leaderOf: (stream) => leaderOf(nodes, stream),
      down: (signal) => each((node) => node.down(signal)),
      up: async () => {
        await each((node) => node.up());
        await untilReady(nodes);
      },
      signal: (signal) => each((node) => node.signal(signal)),
      loseData: () => each((node) => node.loseData()),
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function nodeByOptions({ name, route, routes }: NodePlace): Pick<JetStreamOptions, 'args'> {
  return { args: ['-n', name, '--cluster_name', 'ticketing', '--cluster', route, '--routes', routes.join()] };
}

/** The part of a server's /jsz that is read here. */
interface State {
  readonly meta_cluster?: { readonly leader?: string; readonly cluster_size: number };
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly name: string; readonly cluster?: { readonly leader?: string } }[];
  }[];
}

/** Undefined when it is down, or has no JetStream now. */
async function stateOf({ monitorUrl }: JetStreamNode): Promise<State | undefined> {
  const answer = await fetch(`${monitorUrl}/jsz?streams=true`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  return answer?.ok ? ((await answer.json()) as State) : undefined;
}

async function leaderOf(nodes: JetStreamCluster['nodes'], stream: string): Promise<JetStreamNode | undefined> {
  const states = await Promise.all(nodes.map(stateOf));
  // Only what a server says of itself: one that was cut off may take the former leader for the present one.
  return nodes.find(({ name }, n) =>
    (states[n]?.account_details ?? [])
      .flatMap(({ stream_detail = [] }) => stream_detail)
      .some((detail) => detail.name === stream && detail.cluster?.leader === name),
  );
}

/** Whether all its streams and consumers are as far as those of their leaders (docs.nats.io, "Monitoring", /healthz). */
async function isHealthy({ monitorUrl }: JetStreamNode): Promise<boolean> {
  const answer = await fetch(`${monitorUrl}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return answer?.ok ?? false;
}

async function untilReady(nodes: JetStreamCluster['nodes']): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const isReady = async (node: JetStreamNode) => {
    const meta = (await stateOf(node))?.meta_cluster;
    return meta?.cluster_size === nodes.length && (meta.leader ?? '') !== '' && (await isHealthy(node));
  };
  for (;;) {
    const ready = await Promise.all(nodes.map(isReady));
    if (ready.every(Boolean)) return;
    const names = nodes.filter((_, n) => !ready[n]).map(({ name }) => name);
    if (Date.now() > deadline) throw new Error(`${names.join()} not ready after ${READY_WITHIN_MS / 1_000} s`);
    await sleep(100);
  }
}
