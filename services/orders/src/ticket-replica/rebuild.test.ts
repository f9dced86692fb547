import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, RebuildOptions } from '@ticketing/common';
import { type NatsOptions, type RunningNats, startNats } from '@ticketing/servers';
import { testBus, testServers, uniqueName, waitFor } from '@ticketing/common/testing';
import { newId, newMeta, TestBed } from '@ticketing/common/testing-service';
import { Types } from 'mongoose';
import { ordersConfig } from '../config';
import { startOrders } from '../service';
import { rebuildTicketReplica } from './rebuild';

let bed: TestBed;
let bus: Awaited<ReturnType<typeof testBus>>;
let nats: RunningNats | undefined;

afterEach(async () => {
  await bus.close();
  await bed.close();
  await nats?.stop();
  nats = undefined;
});

/** The real orders service on channels that only it and the rebuild have; on a server of its own when options are given. */
async function open(own?: NatsOptions) {
  if (own) nats = await startNats({ ...own, env: { ...process.env, NATS_URL: '' } });
  const servers = { ...testServers(), ...(nats && { natsUrl: nats.url, natsClusterId: nats.clusterId }) };
  bed = await TestBed.open(servers, own ? '' : `${uniqueName()}.`);
  bus = await testBus(bed.channelPrefix, undefined, servers);
  await bed.start(startOrders, ordersConfig, { env: { EVENT_SWEEP_MS: '50' } });
}

const publish = (id: string, version: number, snapshot = false) =>
  bed.publish(version === 0 ? 'ticket:created' : 'ticket:updated', {
    ...{ id, version, title: `v${version}`, price: 10 + version, userId: 'alice' },
    meta: { ...newMeta(), ...(snapshot && { snapshot }) },
  });

/** Sells so many tickets, each edited so often, and waits for the replica. Returns their ids. */
async function sell(count: number, edits: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await Promise.all(ids.map((id) => publish(id, 0)));
  for (let version = 1; version <= edits; version += 1) await Promise.all(ids.map((id) => publish(id, version)));
  await replicaIs(versions(ids, edits));
  return ids;
}

const replica = () => bed.connection.collection<{ version: number; title: string }>('tickets');
const versions = (ids: readonly string[], version: number) => Object.fromEntries(ids.map((id) => [id, version]));
const stored = async () =>
  Object.fromEntries((await replica().find().toArray()).map(({ _id, version }) => [String(_id), version]));
const replicaIs = (wanted: Record<string, number>, timeoutMs = 10_000) =>
  waitFor(
    async () => {
      const have = await stored();
      const wrong = Object.entries(wanted).filter(([id, version]) => have[id] !== version);
      if (wrong.length > 0) throw new Error(`${wrong.length} are not as wanted, such as ${String(wrong[0])}`);
      return true;
    },
    { timeoutMs },
  );
const rebuild = (options: Partial<RebuildOptions> = {}) =>
  rebuildTicketReplica({ bus, connection: bed.connection, ...options });
const count = (collection: string) => bed.connection.collection(collection).countDocuments();

test('a replica that is wrong in every way is right after it, and nothing else is left', async () => {
  await open();
  const [changed = '', lost = '', behind = ''] = await sell(20, 2);
  const right = await replica().find().sort({ _id: 1 }).toArray();
  await replica().updateOne({ _id: new Types.ObjectId(changed) }, { $set: { title: 'corrupted' } });
  await replica().deleteOne({ _id: new Types.ObjectId(lost) });
  await replica().updateOne({ _id: new Types.ObjectId(behind) }, { $set: { version: 1 } });

  expect(await rebuild()).toEqual({ aggregates: 20, events: 60, unreadable: 0 });
  expect(await replica().find().sort({ _id: 1 }).toArray()).toEqual(right);
  expect(await count('tickets_rebuild')).toBe(0);
  expect(await count('leases')).toBeLessThanOrEqual(1); // of the outbox sweep
});

test('while the service runs under load nothing that arrives is lost', async () => {
  await open();
  const ids = await sell(15, 0);
  let version = 0;
  let going = true;
  const load = (async () => {
    while (going) {
      version += 1;
      await Promise.all(ids.map((id) => publish(id, version)));
      await sleep(50);
    }
  })();
  for (let times = 0; times < 2; times += 1) await rebuild();
  going = false;
  await load;
  expect(version).toBeGreaterThan(5);
  await replicaIs(versions(ids, version), 40_000);
  await waitFor(async () => (await count('parked_events')) === 0, { what: 'no parked event' });
  expect(await count('dead_letters')).toBe(0);
});

test('what the service applied to the old replica in the last moment is in the new one', async () => {
  await open();
  const [id = ''] = await sell(1, 0);
  let late = false;
  const slow = Object.create(bus, {
    subscribe: {
      value: ((channel, options, onMessage) =>
        bus.subscribe(channel, options, (message) => {
          if (late) setTimeout(() => onMessage(message), 500);
          else onMessage(message);
        })) satisfies Bus['subscribe'],
    },
  }) as Bus;
  // Between the last look at the channel before the swap and the swap itself.
  const fresh = bed.connection.collection('tickets_rebuild');
  const rename = fresh.rename.bind(fresh);
  fresh.rename = async (...args) => {
    late = true;
    await publish(id, 1);
    await replicaIs({ [id]: 1 });
    return rename(...args);
  };
  await rebuild({ bus: slow });
  expect(late).toBe(true);
  expect(await stored()).toEqual({ [id]: 1 });
});

test('a history without its beginning is refused and nothing is changed; after a re-emission it is taken', async () => {
  await open({ args: ['-mm', '10'] });
  const ids = await sell(5, 4);
  const before = await replica().find().toArray();
  await expect(rebuild()).rejects.toThrow(/dropped the beginning of the history\. Have the owner re-emit/);
  await expect(rebuild({ reEmitted: true })).rejects.toThrow('no re-emission is in what it has');
  expect(await replica().find().toArray()).toEqual(before);
  expect(await count('tickets_rebuild')).toBe(0);

  await Promise.all(ids.map((id) => publish(id, 4, true)));
  await replica().deleteMany({});
  expect(await rebuild({ reEmitted: true })).toMatchObject({ aggregates: 5 });
  expect(await stored()).toEqual(versions(ids, 4));
});

test('what only the present replica has is not thrown away unless that is forced', async () => {
  await open();
  const ids = await sell(2, 0);
  const unknown = newId();
  await replica().insertOne({ _id: new Types.ObjectId(unknown), version: 3, title: 'from a lost store' });
  await expect(rebuild()).rejects.toThrow(new RegExp(`1 aggregates, or newer versions.*${unknown}`));
  expect(await stored()).toEqual({ ...versions(ids, 0), [unknown]: 3 });
  await rebuild({ force: true });
  expect(await stored()).toEqual(versions(ids, 0));
});

test('an aggregate that begins in the middle is no whole history', async () => {
  await open();
  await publish(newId(), 5);
  await expect(rebuild()).rejects.toThrow('begins neither with version 0 nor with a snapshot');
});

test('one at a time; what a rebuild that died has left is no harm', async () => {
  await open();
  const ids = await sell(3, 0);
  await bed.connection.collection('tickets_rebuild').insertOne({ version: 9, title: 'left behind' });
  let second: Promise<unknown> = Promise.resolve();
  await rebuild({
    onStep: async (step) => {
      if (step !== 'swapping') return;
      second = rebuild();
      await second.catch(() => undefined);
    },
  });
  await expect(second).rejects.toThrow('another process is rebuilding tickets');
  expect(await stored()).toEqual(versions(ids, 0));
});

test('NATS Streaming that is away after the swap is waited for', async () => {
  const dataDir = `/tmp/${uniqueName('ticketing-test-')}`;
  await open({ dataDir });
  const ids = await sell(3, 1);
  const { port } = new URL(nats?.url ?? '');
  const steps: string[] = [];
  const rebuilding = rebuild({
    onStep: async (step) => {
      steps.push(step);
      if (step === 'catching up') await nats?.kill();
    },
  });
  await waitFor(() => steps.includes('catching up') && !bus.isConnected(), { timeoutMs: 20_000 });
  await sleep(300);
  nats = await startNats({ dataDir, port: Number(port), env: { ...process.env, NATS_URL: '' } });
  expect(await rebuilding).toMatchObject({ aggregates: 3 });
  expect(await stored()).toEqual(versions(ids, 1));
}, 90_000);
