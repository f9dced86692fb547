import { channelOf, STREAM } from '@ticketing/common/jetstream-names';
import { z } from 'zod';
import { needPort } from '../monitor/monitoring-port';

const consumer = z.object({
  name: z.string(),
  config: z.object({
    filter_subject: z.string().optional(),
    durable_name: z.string().optional(),
    /** Nanoseconds. */
    ack_wait: z.number().default(0),
  }),
  delivered: z.object({ stream_seq: z.number(), last_active: z.string().optional() }),
  ack_floor: z.object({ stream_seq: z.number() }),
  num_ack_pending: z.number(),
  num_redelivered: z.number(),
  num_waiting: z.number(),
  num_pending: z.number(),
  /** In a cluster: the server that delivers. It has no name during an election. */
  cluster: z.object({ leader: z.string().optional() }).optional(),
});

const stream = z.object({
  name: z.string(),
  created: z.string(),
  config: z.object({ num_replicas: z.number(), discard: z.string().optional(), max_bytes: z.number().optional() }),
  state: z.object({ messages: z.number(), bytes: z.number(), first_seq: z.number(), last_seq: z.number() }),
  consumer_detail: z.array(consumer).default([]),
});

const jsz = z.object({
  config: z.object({ sync_always: z.boolean().default(false), sync_interval: z.number().default(0) }).optional(),
  account_details: z.array(z.object({ stream_detail: z.array(stream).default([]) })).default([]),
});

const varz = z.object({
  version: z.string(),
  server_name: z.string(),
  start: z.string(),
  uptime: z.string(),
  connections: z.number(),
});

/** A consumer, in the terms of the server, and the channel that it reads. */
export interface SeenConsumer extends z.infer<typeof consumer> {
  readonly channel: string;
}

/** The state of JetStream, as `--json` prints it, in the server's own terms where it has them. */
export interface SeenJetStream {
  readonly server: z.infer<typeof varz> & { readonly sync_always: boolean };
  /** The stream of this system; null when there is none yet. */
  readonly stream: Omit<z.infer<typeof stream>, 'consumer_detail'> | null;
  readonly consumers: readonly SeenConsumer[];
  /** Channels that were named, and that no consumer reads. */
  readonly missing: readonly string[];
}

/**
 * Looks at the stream of this system. In a cluster each server knows the consumers that it leads or follows. What is
 * pending and waiting only the leader of a consumer knows (nats-server, consumer.go, infoWithSnapAndReply).
 * @param names the channels to look at; all when it is empty
 * @throws CommandError when the port cannot be read
 */
export async function lookAtJetStream(monitorUrl: string, names: readonly string[]): Promise<SeenJetStream> {
  const [server, { config, account_details }] = await Promise.all([
    needPort(monitorUrl, '/varz', varz),
    needPort(monitorUrl, '/jsz?consumers=true&config=true', jsz),
  ]);
  const found = account_details.flatMap(({ stream_detail }) => stream_detail).find(({ name }) => name === STREAM);
  const { consumer_detail = [], ...rest } = found ?? {};
  const consumers = consumer_detail
    .map((one) => ({ channel: channelOf(one.config.filter_subject ?? '>'), ...one }))
    .filter(({ channel }) => names.length === 0 || names.includes(channel));
  return {
    server: { ...server, sync_always: config?.sync_always ?? false },
    stream: found ? (rest as SeenJetStream['stream']) : null,
    consumers,
    missing: names.filter((name) => !consumers.some(({ channel }) => channel === name)),
  };
}
