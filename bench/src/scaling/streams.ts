import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { restartableJetStream, startJetStreamCluster } from '@ticketing/servers';
import { watchCpu } from '../world/cpu';
import { waitUntil } from '../world/wait-until';

const RUN_MS = 5_000;
const PAYLOAD = new Uint8Array(500);

interface Setup {
  /** One server, or a cluster of three with every message on each of them. */
  readonly servers: 1 | 3;
  readonly connections: number;
  /** Messages of each connection that wait for their ack. */
  readonly inFlight: number;
  /** The connections are divided among them, as partitions would be. */
  readonly streams: number;
  /** Groups that get every message of a stream. */
  readonly groups: number;
}

export interface StreamRate extends Setup {
  /** Messages a second that were acked. */
  readonly perSecond: number;
  /** CPU time (ms) of all servers for each message. */
  readonly cpuMs: number;
  readonly broken: readonly string[];
}

const ONE = { connections: 1, inFlight: 256, streams: 1, groups: 1 } as const;
const SETUPS: readonly Omit<Setup, 'servers'>[] = [
  { ...ONE, inFlight: 1 },
  ONE,
  { ...ONE, connections: 4 },
  { ...ONE, connections: 4, streams: 4 },
  { ...ONE, groups: 4 },
  { ...ONE, groups: 8 },
];

/** What JetStream stores on one local server and on three, by the plain client. Each server syncs before it acks. */
export async function streamRates(say: (line: string) => void): Promise<readonly StreamRate[]> {
  const rates: StreamRate[] = [];
  for (const servers of [1, 3] as const) {
    const cluster = servers === 3 ? await startJetStreamCluster() : undefined;
    const nodes = cluster?.nodes ?? [await restartableJetStream()];
    try {
      for (const setup of SETUPS) {
        const rate = await measure(nodes, { servers, ...setup });
        say(`${JSON.stringify({ servers, ...setup })}: ${rate.perSecond.toFixed(0)} messages/s`);
        rates.push(rate);
      }
    } finally {
      await Promise.all(nodes.map((node) => node.remove()));
    }
  }
  return rates;
}

type Nodes = readonly { readonly url: string; pid(): number | undefined }[];

async function measure(nodes: Nodes, setup: Setup): Promise<StreamRate> {
  const open: NatsConnection[] = [];
  const connected = async (n: number) => {
    const nats = await connect({ servers: nodes[n % nodes.length]?.url ?? '' });
    open.push(nats);
    return nats;
  };
  const names = Array.from({ length: setup.streams }, (_, n) => `part-${n}`);
  try {
    const manager = await jetstreamManager(await connected(0));
    for (const name of names) {
      await manager.streams.add({ name, subjects: [`${name}.*`], num_replicas: setup.servers });
    }
    let got = 0;
    for (const name of names) {
      for (let group = 0; group < setup.groups; group += 1) {
        await manager.consumers.add(name, { durable_name: `group-${group}`, ack_policy: AckPolicy.Explicit });
        const consumer = await jetstream(await connected(group)).consumers.get(name, `group-${group}`);
        const callback = (message: { ack(): void }) => {
          message.ack();
          got += 1;
        };
        await consumer.consume({ max_messages: 64, callback });
      }
    }
    const publishers = await Promise.all(Array.from({ length: setup.connections }, (_, n) => connected(n)));
    const cpu = await watchCpu(Object.fromEntries(nodes.map((node, n) => [`${n}`, node.pid()])));
    const began = performance.now();
    let acked = 0;
    const lane = async (nats: NatsConnection, stream: string) => {
      const client = jetstream(nats);
      for (; performance.now() - began < RUN_MS; acked += 1) await client.publish(`${stream}.ticket`, PAYLOAD);
    };
    const lanes = publishers.flatMap((nats, n) =>
      Array.from({ length: setup.inFlight }, () => lane(nats, names[n % names.length] ?? '')),
    );
    await Promise.all(lanes);
    const tookMs = performance.now() - began;
    const isComplete = await waitUntil(() => Promise.resolve(got), acked * setup.groups);
    const cpuMs = Object.values(await cpu(acked)).reduce((sum, ms) => sum + ms, 0);
    for (const name of names) await manager.streams.delete(name);
    const broken = isComplete ? [] : ['a group did not get every message'];
    return { ...setup, perSecond: (1_000 * acked) / tookMs, cpuMs, broken };
  } finally {
    await Promise.all(open.map((nats) => nats.close()));
  }
}
