import { isDeepStrictEqual } from 'node:util';
import { testEngine } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';
import type { ServiceProcess } from '@ticketing/start';
import { untilAgreed } from '../system/agreement.helper';
import { type ChannelWatch, watchChannel } from '../system/channel.helper';
import { Client, type Ticket } from '../system/client.helper';
import { TestSystem } from '../system/system.helper';

let system: TestSystem;
let tickets: ServiceProcess;
let orders: ServiceProcess;
let alice: Client;
let channel: ChannelWatch<'ticket:created'>;

beforeAll(async () => {
  system = await TestSystem.open();
  [tickets, orders] = await Promise.all([system.start('tickets'), system.start('orders')]);
  alice = new Client(system.url, 'alice');
});
afterAll(async () => {
  await (channel as ChannelWatch<'ticket:created'> | undefined)?.close();
  await system.close();
});

/** How many events wait in the outbox of each of these tickets, by the database. */
async function pending(wanted: readonly Ticket[]): Promise<number[]> {
  const stored = await system.databases.tickets.collection<{ outbox: unknown[] }>('tickets').find().toArray();
  return wanted.map(({ id }) => stored.find(({ _id }) => String(_id) === id)?.outbox.length ?? -1);
}

test('a crash between save and publish: the events are published after the restart', async () => {
  // The broker accepts nothing, and after its own kill it knows nothing of what was sent to it.
  await system.nats.signal('SIGSTOP');
  const sold = await Promise.all([alice.sold('one'), alice.sold('two'), alice.sold('three')]);
  expect(await pending(sold)).toEqual([1, 1, 1]);
  await tickets.kill();
  await system.nats.down();
  await system.nats.up();

  channel = await watchChannel(system.nats.url, 'ticket:created');
  expect(await channel.isEmpty()).toBe(true);
  expect(await pending(sold)).toEqual([1, 1, 1]);

  tickets = await system.start('tickets');
  const { replicas } = await untilAgreed(system);
  expect(replicas.map(({ title }) => title).sort()).toEqual(['one', 'three', 'two']);
  await waitFor(() => channel.events().length >= 3, { what: 'the events on their channel' });
  expect(channel.events()).toHaveLength(3);
});

test('a crash between publish and removal: the event is published once more, and that does no harm', async () => {
  await system.nats.signal('SIGSTOP');
  const sold = await alice.sold('published twice');
  await system.mongo.signal('SIGSTOP');
  await system.nats.signal('SIGCONT');
  const published = () => channel.events().filter(({ id }) => id === sold.id);
  await waitFor(() => published().length === 1, { what: 'the event on its channel' });
  await tickets.kill();
  await system.mongo.down();
  await system.mongo.up();
  expect(await pending([sold])).toEqual([1]);

  tickets = await system.start('tickets');
  // JetStream drops the second copy, by the event's id.
  const copies = testEngine() === 'jetstream' ? 1 : 2;
  await waitFor(async () => (await pending([sold]))[0] === 0, { what: 'an empty outbox' });
  await waitFor(() => published().length === copies, { what: 'the event on its channel once more' });
  expect(published()).toEqual(Array.from({ length: copies }, () => published()[0]));
  const { replicas } = await untilAgreed(system);
  expect(replicas.filter(({ title }) => title === 'published twice')).toMatchObject([{ version: 0 }]);
  if (copies === 1) return;
  // The watch may have the second copy before orders has it.
  const metrics = async () => (await fetch(`${orders.url}/metrics`)).text();
  const seen = /^ticketing_events_consumed_total\{subject="ticket:created",outcome="seen".*\} [1-9]/m;
  await waitFor(async () => seen.test(await metrics()), { what: 'the second copy at orders' });
});

test('NATS is down while 100 tickets are created: all are 201, and all arrive after it returns', async () => {
  const before = (await alice.tickets()).body.length;
  const readiness = async (service: ServiceProcess) => {
    const response = await fetch(`${service.url}/readyz`);
    return { status: response.status, ...((await response.json()) as { nats: string }) };
  };
  const up = { status: 200, mongo: 'up', nats: 'up', draining: false };
  await system.nats.down();
  for (const service of [tickets, orders]) {
    const told = await waitFor(async () => {
      const answer = await readiness(service);
      return answer.status === 200 && answer.nats === 'down' && answer;
    });
    expect(told).toEqual({ ...up, nats: 'down', natsDownSince: expect.any(String) });
  }

  const sold: Ticket[] = [];
  while (sold.length < 100) sold.push(await alice.sold(`ticket ${sold.length}`));
  const edited = await Promise.all(sold.slice(0, 20).map(({ id }) => alice.edit(id, 'edited meanwhile', 30)));
  expect(new Set(edited.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await pending(sold)).toEqual(sold.map((_, index) => (index < 20 ? 2 : 1)));

  await system.nats.up();
  const { replicas } = await untilAgreed(system);
  expect(replicas).toHaveLength(before + 100);
  expect(replicas.filter(({ title }) => title === 'edited meanwhile')).toHaveLength(20);
  for (const service of [tickets, orders]) await waitFor(async () => isDeepStrictEqual(await readiness(service), up));
});
