import type { ServiceProcess } from '@ticketing/start';
import type { World } from '../world/world';

/** How many events a service has applied, by its own metrics. */
export async function appliedBy({ url }: ServiceProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.match(/^ticketing_events_consumed_total\{.*outcome="(applied|skipped)".*\} \d+$/gm) ?? [];
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** How many messages the bare subscriber has written. */
export async function appliedByBare({ url }: ServiceProcess): Promise<number> {
  return Number(await (await fetch(`${url}/applied`)).text());
}

/** How many messages were ever published on these channels. Of JetStream: on all, so name all that are used. */
export async function published({ engine, nats }: World, ...channels: readonly string[]): Promise<number> {
  if (engine === 'jetstream') {
    const { messages } = (await (await fetch(`${nats.monitorUrl}/jsz`)).json()) as { messages: number };
    return messages;
  }
  const counts = channels.map(async (channel) => {
    const answer = await fetch(`${nats.monitorUrl}/streaming/channelsz?channel=${channel}`);
    if (!answer.ok) return 0; // nothing was published on it yet
    return ((await answer.json()) as { last_seq: number }).last_seq;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
