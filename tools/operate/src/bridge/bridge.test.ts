import type { Broker } from '@ticketing/common';
import { foreignPublisher, newId, waitFor } from '@ticketing/testing';
import { Bridge } from './bridge';
import { Comparison } from './comparison';
import { CHANNELS, payloadsIn, publishTickets, Sides, sortedIn, ticketEvent } from './sides.test.helper';

let sides: Sides;
const bridges: Bridge[] = [];
beforeAll(async () => {
  sides = await Sides.open();
});
afterEach(async () => {
  await Promise.all([sides.old.up(), sides.next.up()]);
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
  await sides.disconnect();
});
afterAll(() => sides.close());

const PATIENCE = { timeoutMs: 60_000, everyMs: 100 };

function startBridge(from: Broker, to: Broker, ackWaitMs = 2_000): Bridge {
  const bridge = new Bridge({ from, to, channels: CHANNELS, group: 'bridge', ackWaitMs });
  bridges.push(bridge);
  return bridge;
}

async function untilNothingMissing(from: Broker, to: Broker): Promise<void> {
  const comparison = new Comparison(from, to, CHANNELS);
  const nothing = () => comparison.look().then((missing) => missing === 0);
  await waitFor(nothing, { ...PATIENCE, what: 'everything on the other side' });
}

const versionsOf = (payloads: readonly string[] | undefined, id: string) =>
  (payloads ?? [])
    .map((payload) => JSON.parse(payload) as { id: string; version: number })
    .flatMap((event) => (event.id === id ? [event.version] : []));

test('copies everything once, and the versions of an aggregate in their order', async () => {
  const { from, to } = await sides.connect();
  const ids = Array.from({ length: 30 }, newId);
  await publishTickets(from, ids, 8);
  const bridge = startBridge(from, to, 60_000);
  await untilNothingMissing(from, to);
  await waitFor(() => bridge.state.copied === 240, PATIENCE);
  expect(await sortedIn(to)).toEqual(await sortedIn(from));
  const { 'ticket:updated': updated } = await payloadsIn(to);
  for (const id of ids) expect(versionsOf(updated, id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(bridge.state).toEqual({ copied: 240, duplicates: 0, inHand: 0, trouble: undefined });

  await publishTickets(from, [newId()], 2);
  await untilNothingMissing(from, to);
  await waitFor(() => bridge.state.copied === 242, PATIENCE);
});

test('messages that are no events pass byte for byte, each of them', async () => {
  const { from, to, prefix } = await sides.connect();
  const stranger = await foreignPublisher({ natsUrl: sides.old.url, natsClusterId: 'ticketing', engine: 'streaming' });
  const withoutMeta = JSON.stringify({ id: newId(), version: 0, title: 'a', price: 1, userId: 'bob' });
  const payloads = ['not JSON', 'not JSON', '{"id": "x" }', ' [1]\n', 'null', '', withoutMeta, '{"meta":{"id":"x"}}'];
  try {
    for (const payload of [...payloads, Buffer.from([0xff, 0x00, 0xfe])]) {
      await stranger.publish(`${prefix}ticket:created`, payload);
    }
  } finally {
    await stranger.close();
  }
  const { payload: twice } = ticketEvent(newId(), 0);
  await from.publish('ticket:created', twice);
  startBridge(from, to);
  await untilNothingMissing(from, to);
  const { 'ticket:created': copies } = await sortedIn(to);
  expect(copies).toEqual([...payloads, 'base64:/wD+', twice].toSorted());
});

test('two at once: nothing is missing, and no event is there twice', async () => {
  const { from, to } = await sides.connect();
  await publishTickets(from, Array.from({ length: 30 }, newId), 8);
  const [one, other] = [startBridge(from, to), startBridge(from, to)];
  await untilNothingMissing(from, to);
  await waitFor(() => one.state.copied + other.state.copied >= 240, PATIENCE);
  expect(await sortedIn(to)).toEqual(await sortedIn(from));
});

test('the new side away: nothing is acked, the reason is known, and it goes on by itself', async () => {
  const { from, to } = await sides.connect();
  await sides.next.down();
  await publishTickets(from, Array.from({ length: 10 }, newId), 4);
  const bridge = startBridge(from, to);
  await waitFor(() => bridge.state.trouble !== undefined, PATIENCE);
  expect(bridge.state).toMatchObject({ copied: 0, trouble: expect.stringContaining('JetStream') as string });
  expect(bridge.state.inHand).toBeGreaterThan(0);
  await sides.next.up();
  await untilNothingMissing(from, to);
  await waitFor(() => bridge.state.inHand === 0, PATIENCE);
  expect(bridge.state.trouble).toBeUndefined();
  expect(await sortedIn(to)).toEqual(await sortedIn(from));
});

test('closed while the new side is away: what it had in hand comes to the next bridge', async () => {
  const { from, to } = await sides.connect();
  await sides.next.down();
  await publishTickets(from, Array.from({ length: 10 }, newId), 4);
  const bridge = startBridge(from, to);
  await waitFor(() => bridge.state.inHand > 0, PATIENCE);
  await bridge.close();
  expect(bridge.state).toMatchObject({ copied: 0, inHand: 0 });
  await sides.next.up();
  startBridge(from, to);
  await untilNothingMissing(from, to);
});

test('the old side away: it goes on by itself', async () => {
  const { from, to } = await sides.connect();
  const ids = Array.from({ length: 10 }, newId);
  await publishTickets(from, ids, 4);
  const bridge = startBridge(from, to);
  await waitFor(() => bridge.state.copied > 0, PATIENCE);
  await sides.old.down();
  await sides.old.up();
  await waitFor(() => from.isConnected(), PATIENCE);
  await publishTickets(from, ids.map(newId), 4);
  await untilNothingMissing(from, to);
});

test('a look finds what the new side lacks: before it is copied, and when its store is lost', async () => {
  const { from, to } = await sides.connect();
  const comparison = new Comparison(from, to, CHANNELS);
  expect(await comparison.look()).toBe(0);
  const events = Array.from({ length: 5 }, () => ticketEvent(newId(), 0));
  for (const { channel, payload } of events) await from.publish(channel, payload);
  expect(await comparison.look()).toBe(5);
  for (const { channel, payload } of events.slice(0, 4)) await to.publish(channel, payload);
  expect(await comparison.look()).toBe(1);
  for (const { channel, payload } of events) await to.publish(channel, payload);
  expect(await comparison.look()).toBe(0);
  await sides.next.down();
  await sides.next.loseData();
  await sides.next.up();
  await waitFor(() => to.isConnected(), PATIENCE);
  expect(await comparison.look()).toBe(5);
  for (const { channel, payload } of events.slice(0, 2)) await to.publish(channel, payload);
  expect(await comparison.look()).toBe(3);
});
