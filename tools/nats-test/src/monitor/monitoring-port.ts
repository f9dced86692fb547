import { CommandError } from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { z } from 'zod';

/** How long the port may take to answer (ms). */
const WITHIN_MS = 5_000;

const subscription = z.object({
  client_id: z.string(),
  durable_name: z.string().optional(),
  /** Of a durable queue group: its durable name, a colon, its name. */
  queue_name: z.string().optional(),
  is_durable: z.boolean(),
  is_offline: z.boolean(),
  max_inflight: z.number(),
  ack_wait: z.number(),
  last_sent: z.number(),
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
  uptime: z.string(),
  clients: z.number(),
  subscriptions: z.number(),
  channels: z.number(),
  total_msgs: z.number(),
  total_bytes: z.number(),
});

/** What NATS Streaming 0.25.6 tells at /streaming/serverz and /streaming/channelsz, in its own words. */
export type MonitoredServer = z.infer<typeof server>;
export type MonitoredChannel = z.infer<typeof channel>;
export type MonitoredSubscription = z.infer<typeof subscription>;

/** @throws CommandError when the port cannot be read */
export async function readServer(monitorUrl: string): Promise<MonitoredServer> {
  const answer = await get(monitorUrl, '/streaming/serverz');
  if (answer === undefined) throw unreadable(monitorUrl, 'it has no /streaming/serverz, as NATS without Streaming');
  return read(monitorUrl, server, answer);
}

/** Undefined when the server does not know the channel. @throws as `readServer` */
export async function readChannel(monitorUrl: string, name: string): Promise<MonitoredChannel | undefined> {
  const answer = await get(monitorUrl, `/streaming/channelsz?subs=1&channel=${encodeURIComponent(name)}`);
  return answer === undefined ? undefined : read(monitorUrl, channel, answer);
}

async function get(monitorUrl: string, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(path, monitorUrl), { signal: AbortSignal.timeout(WITHIN_MS) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await response.text();
  } catch (error) {
    throw unreadable(monitorUrl, reasonOf(error));
  }
}

function read<T>(monitorUrl: string, schema: z.ZodType<T>, answer: string): T {
  try {
    return schema.parse(JSON.parse(answer));
  } catch (error) {
    throw unreadable(monitorUrl, error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error));
  }
}

/** `fetch` says what went wrong in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function unreadable(monitorUrl: string, reason: string): CommandError {
  return new CommandError(
    `The monitoring port of NATS Streaming cannot be read at ${withoutPassword(monitorUrl)}: ${withoutPassword(reason)}\n` +
      'Is the server started with one (-m 8222), and is that its address (http://host:8222)?',
  );
}
