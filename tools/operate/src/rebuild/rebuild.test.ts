import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBroker } from '@ticketing/common';
import { newId, silentLogger, startTcpProxy, testServers, waitFor } from '@ticketing/testing';
import { startBroker } from '@ticketing/servers';
import { mongo, Types } from 'mongoose';
import type { RebuildStep } from './rebuild-replica';
import { RebuildBench, versions } from './rebuild.test.helper';

let bench: RebuildBench;
afterEach(() => bench.close());

test('a replica that is wrong in every way is right after it, and nothing else is left', async () => {
  bench = await RebuildBench.open();
  const [changed = '', lost = '', behind = ''] = await bench.sell(20, 2);
  const right = await bench.replica.find().sort({ _id: 1 }).toArray();
  await bench.replica.updateOne({ _id: new Types.ObjectId(changed) }, { $set: { title: 'corrupted' } });
  await bench.replica.deleteOne({ _id: new Types.ObjectId(lost) });
  await bench.replica.updateOne({ _id: new Types.ObjectId(behind) }, { $set: { version: 1 } });

  expect(await bench.rebuild()).toEqual({ aggregates: 20, events: 60, unreadable: 0 });
  expect(await bench.replica.find().sort({ _id: 1 }).toArray()).toEqual(right);
  expect(await bench.leftBehind()).toEqual([]);
  expect(await bench.count('leases')).toBeLessThanOrEqual(1); // of the outbox sweep
});

test('a history without meta is a whole one', async () => {
  bench = await RebuildBench.open();
  const id = newId();
  for (const version of [0, 2, 1]) {
    const state = { id, version, title: `v${version}`, price: 10, userId: 'alice' };
    await bench.broker.publish(version === 0 ? 'ticket:created' : 'ticket:updated', JSON.stringify(state));
  }
  await bench.replicaIs({ [id]: 2 });
  await bench.replica.deleteMany({});
  expect(await bench.rebuild()).toEqual({ aggregates: 1, events: 3, unreadable: 0 });
  await bench.replicaIs({ [id]: 2 });
});

test('where upserts of one ticket race, the newest version is in it all the same', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(10, 5);
  const before = bench.racing.lost();
  // There is no race if one channel is written completely before the other.
  for (let rebuilds = 0; rebuilds < 50 && bench.racing.lost() === before; rebuilds += 1) {
    expect(await bench.rebuild()).toMatchObject({ aggregates: 10, events: 60 });
    expect(await bench.stored()).toEqual(versions(ids, 5));
  }
  expect(bench.racing.lost()).toBeGreaterThan(before);
});

test('a fresh replica that lacks a version of what was read is not swapped in', async () => {
  bench = await RebuildBench.open();
  const [id = ''] = await bench.sell(3, 2);
  const behind = async (step: RebuildStep) => {
    if (step !== 'swapping') return;
    const fresh = bench.bed.connection.collection((await bench.leftBehind())[0] ?? '');
    await fresh.updateOne({ _id: new Types.ObjectId(id) }, { $set: { version: 1 } });
  };
  await expect(bench.rebuild({ onStep: behind })).rejects.toThrow(
    /fresh replica is not what was read.*nothing was changed/,
  );
  expect(await bench.stored()).toMatchObject({ [id]: 2 });
  expect(await bench.leftBehind()).toEqual([]);
});

test('a broker that falls silent is no empty history: not even by force is an empty replica swapped in', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(3, 1);
  const { engine, natsUrl, natsClusterId: clusterId } = testServers();
  const proxy = await startTcpProxy(natsUrl);
  const broker = createBroker({
    ...{ engine, url: `nats://127.0.0.1:${proxy.port}`, clusterId, clientIdPrefix: 'test', logger: silentLogger() },
    ...{ channelPrefix: bench.bed.channelPrefix, timeoutMs: 1_000 },
  });
  try {
    await waitFor(() => broker.isConnected());
    const onStep = () => void (proxy.swallowReplies = true);
    await expect(bench.rebuild({ broker, force: true, onStep })).rejects.toThrow(
      /nobody says .* of ticket:\w+: see whether/,
    );
    expect(await bench.stored()).toEqual(versions(ids, 1));
    expect(await bench.leftBehind()).toEqual([]);
  } finally {
    await broker.close();
    await proxy.close();
  }
});

test('while the service runs under load nothing that arrives is lost', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(15, 0);
  let version = 0;
  let going = true;
  const load = (async () => {
    while (going) {
      version += 1;
      await bench.publishAll(ids, version);
      // As fast as the service: a rebuild cannot catch up with a load that this machine cannot handle.
      await bench.replicaIs(versions(ids, version), 40_000);
      await sleep(50);
    }
  })();
  await bench.rebuild();
  await waitFor(() => version > 5, { what: 'six rounds of the load' }); // however quick a rebuild is
  await bench.rebuild();
  going = false;
  await load;
  await bench.replicaIs(versions(ids, version), 40_000);
  await waitFor(async () => (await bench.replica.countDocuments({ 'parked.0': { $exists: true } })) === 0, {
    what: 'no parked event',
  });
  expect(await bench.count('dead_letters')).toBe(0);
});

test('what the service applied to the old replica in the last moment is in the new one', async () => {
  bench = await RebuildBench.open();
  const [id = ''] = await bench.sell(1, 1);
  const swap = bench.beforeTheSwap(async () => {
    await bench.publish(id, 2);
    await bench.replicaIs({ [id]: 2 });
  });
  const onStep = async (step: RebuildStep) => {
    await swap.onStep(step);
    if (step === 'catching up') setTimeout(swap.arrive, 500);
  };
  await bench.rebuild({ broker: swap.broker, onStep });
  expect(await bench.stored()).toEqual({ [id]: 2 });
});

test('a history without its beginning is refused and nothing is changed; after a re-emission it is taken', async () => {
  bench = await RebuildBench.open({ args: ['-mm', '10'] }, 'streaming');
  const ids = await bench.sell(5, 4);
  const before = await bench.replica.find().toArray();
  await expect(bench.rebuild()).rejects.toThrow(/dropped the beginning of the history\. Have the owner re-emit/);
  await expect(bench.rebuild({ reEmitted: true })).rejects.toThrow('no whole re-emission is in what it has');
  expect(await bench.replica.find().toArray()).toEqual(before);
  expect(await bench.leftBehind()).toEqual([]);

  await bench.publishAll(ids, 4, true);
  await bench.replica.deleteMany({});
  expect(await bench.rebuild({ reEmitted: true })).toMatchObject({ aggregates: 5 });
  expect(await bench.stored()).toEqual(versions(ids, 4));

  // A re-emission that does not fit into the channel loses some snapshots, and nothing tells how many.
  for (let times = 0; times < 2; times += 1) await bench.publishAll(ids, 4, true);
  await expect(bench.rebuild({ reEmitted: true })).rejects.toThrow('no whole re-emission is in what it has');
});

test('what only the present replica has is not thrown away unless that is forced', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(2, 1);
  const unknown = newId();
  await bench.replica.insertOne({ _id: new Types.ObjectId(unknown), version: 3, title: 'from a lost store' });
  await expect(bench.rebuild()).rejects.toThrow(new RegExp(`1 aggregates, or newer versions.*${unknown}`));
  expect(await bench.stored()).toEqual({ ...versions(ids, 1), [unknown]: 3 });
  await bench.rebuild({ force: true });
  expect(await bench.stored()).toEqual(versions(ids, 1));
});

test('an aggregate that begins in the middle is no whole history', async () => {
  bench = await RebuildBench.open();
  await bench.publishAll([newId()], 0);
  await bench.publish(newId(), 5);
  await expect(bench.rebuild()).rejects.toThrow('begins neither with version 0 nor with a snapshot');
});

test('one at a time; what a rebuild that died has left is no harm', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(3, 1);
  await bench.bed.connection.collection('tickets_rebuild_0123').insertOne({ version: 9, title: 'left behind' });
  let second: Promise<unknown> = Promise.resolve();
  await bench.rebuild({
    onStep: async (step) => {
      if (step !== 'swapping') return;
      second = bench.rebuild();
      await second.catch(() => undefined);
    },
  });
  await expect(second).rejects.toThrow('another process is rebuilding tickets');
  expect(await bench.stored()).toEqual(versions(ids, 1));
  expect(await bench.leftBehind()).toEqual([]);
});

test('one that slept until its lease was over, and another one began, changes nothing', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(3, 1);
  const asleep = bench.rebuild({
    onStep: async (step) => {
      if (step !== 'swapping') return;
      await bench.bed.connection.collection('leases').deleteMany({});
      await bench.rebuild();
    },
  });
  await expect(asleep).rejects.toThrow('another process is rebuilding tickets');
  expect(await bench.stored()).toEqual(versions(ids, 1));
  expect(await bench.leftBehind()).toEqual([]);
});

test('a swap whose reply is lost has happened', async () => {
  bench = await RebuildBench.open();
  const ids = await bench.sell(3, 1);
  await bench.replica.deleteMany({});
  const onStep = async (step: RebuildStep) => {
    if (step !== 'swapping') return;
    const nothing = () => Promise.resolve();
    await bench.aroundTheSwap(nothing, () => {
      throw new mongo.MongoNetworkError('the reply is lost');
    });
  };
  expect(await bench.rebuild({ onStep })).toMatchObject({ aggregates: 3 });
  expect(await bench.stored()).toEqual(versions(ids, 1));
});

test('NATS Streaming that is away after the swap is waited for, and what came before is not lost', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'ticketing-test-'));
  try {
    bench = await RebuildBench.open({ dataDir });
    const ids = await bench.sell(3, 1);
    const { port } = new URL(bench.nats?.url ?? '');
    const swap = bench.beforeTheSwap(async () => {
      await bench.publishAll(ids, 2);
      await bench.replicaIs(versions(ids, 2));
    });
    const steps: string[] = [];
    const rebuilding = bench.rebuild({
      broker: swap.broker,
      onStep: async (step) => {
        await swap.onStep(step);
        if (step === 'catching up') await bench.nats?.kill();
        steps.push(step);
      },
    });
    await waitFor(() => steps.includes('catching up') && !bench.broker.isConnected(), { timeoutMs: 20_000 });
    expect(await bench.stored()).toEqual(versions(ids, 1));
    const env = { ...process.env, NATS_URL: '' };
    bench.nats = await startBroker(testServers().engine, { dataDir, port: Number(port), env });
    swap.arrive();
    expect(await rebuilding).toMatchObject({ aggregates: 3, events: 9 });
    expect(await bench.stored()).toEqual(versions(ids, 2));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 90_000);
