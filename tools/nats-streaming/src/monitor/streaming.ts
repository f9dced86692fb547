import { z } from 'zod';
import { needPort, readPort, WHOLE_LIST } from './monitoring-port';

const subscription = z.object({
  client_id: z.string(),
  durable_name: z.string().optional(),
  /** Of a durable queue group: its durable name, a colon, its name. */
  queue_name: z.string().optional(),
  is_durable: z.boolean(),
  is_offline: z.boolean(),
  max_inflight: z.number(),
  /** Seconds. */
  ack_wait: z.number(),
  last_sent: z.number(),
  /** Sent and not acked. */
  pending_count: z.number(),
  is_stalled: z.boolean(),
});

const channel = z.object({
  name: z.string(),
  msgs: z.number(),
  bytes: z.number(),
  first_seq: z.number(),
  last_seq: z.number(),
  subscriptions: z.array(subscription).default([]), // the server leaves the field out when there are none
});

const server = z.object({
  cluster_id: z.string(),
  version: z.string(),
  state: z.string(),
  /** Of a node of a cluster: Leader, Follower, Candidate. */
  role: z.string().optional(),
  start_time: z.string(),
  uptime: z.string(),
  clients: z.number(),
  subscriptions: z.number(),
  channels: z.number(),
  total_msgs: z.number(),
  total_bytes: z.number(),
});

const limits = {
  max_msgs: z.number(),
  max_bytes: z.number(),
  /** Nanoseconds, as the next but one. */
  max_age: z.number(),
  max_subscriptions: z.number(),
  max_inactivity: z.number(),
};

const store = z.object({
  type: z.string(),
  /** 0 means no limit. Each except the first is per channel. */
  limits: z.object({
    max_channels: z.number(),
    ...limits,
    /** For single channels: 0 means the limit above, -1 means no limit. */
    channels: z.record(z.string(), z.object(limits)).optional(),
  }),
  total_msgs: z.number(),
  total_bytes: z.number(),
});

const client = z.object({ id: z.string(), hb_inbox: z.string() });

/** The answers of NATS Streaming 0.25.6 at /streaming/serverz, storez, clientsz and channelsz, in its own terms. */
export type MonitoredServer = z.infer<typeof server>;
export type MonitoredStore = z.infer<typeof store>;
export type MonitoredClient = z.infer<typeof client>;
export type MonitoredChannel = z.infer<typeof channel>;
export type MonitoredSubscription = z.infer<typeof subscription>;

/** @throws CommandError when the port cannot be read, as the others here */
export function readServer(monitorUrl: string): Promise<MonitoredServer> {
  return needPort(monitorUrl, '/streaming/serverz', server);
}

export function readStore(monitorUrl: string): Promise<MonitoredStore> {
  return needPort(monitorUrl, '/streaming/storez', store);
}

/** All clients that the server keeps, by id. */
export async function readClients(monitorUrl: string): Promise<readonly MonitoredClient[]> {
  const list = z.object({ clients: z.array(client) });
  return (await needPort(monitorUrl, `/streaming/clientsz?${WHOLE_LIST}`, list)).clients;
}

/** All channels with their subscriptions, by name. */
export async function readChannels(monitorUrl: string): Promise<readonly MonitoredChannel[]> {
  const list = z.object({ channels: z.array(channel).default([]) });
  return (await needPort(monitorUrl, `/streaming/channelsz?subs=1&${WHOLE_LIST}`, list)).channels;
}

/** Undefined when the server does not know the channel. */
export function readChannel(monitorUrl: string, name: string): Promise<MonitoredChannel | undefined> {
  return readPort(monitorUrl, `/streaming/channelsz?subs=1&channel=${encodeURIComponent(name)}`, channel);
}
