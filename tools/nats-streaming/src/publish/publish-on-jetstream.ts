import { say } from '@ticketing/command-line';
import { exitWith } from '../client/exit-with';
import { stopOrEnd } from '../client/leaving';
import { explainJetStream } from '../jetstream/connect';
import { checkAll } from './check-event';
import { paced, payloadsFrom, payloadsOf } from './payloads';
import type { PublishOptions } from './publish-options';
import { publishable } from './publishable';

/** How long the server may take to answer (ms). */
const WITHIN_MS = 10_000;

/** The `id` of JSON data, which the subject of an event has; undefined for other text. */
function aggregateIn(text: string): string | undefined {
  try {
    const data = JSON.parse(text) as { id?: unknown } | null;
    return typeof data?.id === 'string' && data.id !== '' ? data.id : undefined;
  } catch {
    return undefined;
  }
}

/** `npm run nats:publish -- --broker jetstream`. It makes the stream when there is none, as the services do. */
export async function publishOnJetStream(options: PublishOptions): Promise<void> {
  const { url, clusterId, clientId, channel, source, rate, force } = options;
  if (source !== 'stdin') checkAll(channel, payloadsOf(source), force);
  let [published, refused] = [0, 0];
  const stop = stopOrEnd(() => `stopped while waiting for the server; ${published} published`);
  const { connectedWithin, createBroker, createLogger } = await import('@ticketing/common');
  const logger = createLogger({ name: 'nats:publish', level: 'silent' });
  const broker = createBroker({ engine: 'jetstream', url, clusterId, clientIdPrefix: clientId, logger });
  try {
    if (!(await connectedWithin(broker, WITHIN_MS))) throw new Error('it does not answer');
    const payloads = source === 'stdin' ? payloadsFrom(process.stdin, stop) : payloadsOf(source);
    for await (const payload of paced(payloads, rate, stop)) {
      const text = publishable(channel, payload, force);
      if (text === undefined) {
        refused += 1;
        continue;
      }
      const { sequence } = await broker.publish(channel, text, { aggregate: aggregateIn(text) });
      published += 1;
      say(`published to ${channel}, sequence ${sequence}`);
    }
  } catch (error) {
    exitWith(1, explainJetStream(error, url) + (published > 0 ? `\n${published} published before.` : ''));
  }
  await broker.close();
  exitWith(refused > 0 ? 1 : 0, `${published} published, connection closed`);
}
