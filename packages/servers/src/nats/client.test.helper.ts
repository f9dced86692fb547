import { connect, type Stan } from 'node-nats-streaming';
import { setTimeout as sleep } from 'node:timers/promises';

/** A client of the server; its crash is part of the test. */
export async function client(nats: { readonly url: string; readonly clusterId?: string }, id: string): Promise<Stan> {
  const stan = connect(nats.clusterId ?? 'ticketing', id, { url: nats.url, reconnect: false, connectTimeout: 60_000 });
  stan.on('error', () => undefined);
  await new Promise((resolve) => stan.once('connect', resolve));
  return stan;
}

export const publish = (stan: Stan, channel: string, data: string) =>
  new Promise<void>((resolve, reject) => stan.publish(channel, data, (error) => (error ? reject(error) : resolve())));

export async function close(stan: Stan): Promise<void> {
  const closed = new Promise((resolve) => stan.once('close', resolve));
  stan.close();
  await closed;
}

/** All messages of a channel, once it has this many. */
export async function history(stan: Stan, channel: string, atLeast: number): Promise<string[]> {
  const got: string[] = [];
  const options = stan.subscriptionOptions().setDeliverAllAvailable();
  stan.subscribe(channel, options).on('message', (message: { getData(): string }) => got.push(message.getData()));
  for (let waited = 0; got.length < atLeast && waited < 30_000; waited += 20) await sleep(20);
  // A surplus message would come now.
  await sleep(100);
  return got;
}
