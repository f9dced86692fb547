import { type Connection, mongo } from 'mongoose';
import { encodeEvent } from '../events/contracts';
import { sleep } from '../runtime/retry';
import { silentLogger, testConnection, testDatabaseUri, waitFor } from '@ticketing/testing';
import { InOrder } from './apply-in-order';
import { Bench, inOrder, newId, ticketEvent } from './consumer.test.helper';
import { consumerStores } from './consumer-stores';
import { ParkedHere } from './parked-here';
import { ParkedWatch } from './parked-watch';

const subject = 'ticket:updated';
const settings = { sweepMs: 60_000 }; // one sweep at the start, and none later

describe('a member that applies', () => {
  let bench: Bench;
  let own: Connection;
  let lookups: number;
  beforeEach(async () => {
    const uri = testDatabaseUri();
    bench = await Bench.open({ connection: await testConnection(uri) });
    own = await testConnection(`${uri}?monitorCommands=true`);
    lookups = 0;
    own.getClient().on('commandStarted', ({ command }: mongo.CommandStartedEvent) => {
      if (command['find'] === 'parked_events') lookups += 1;
    });
  });
  afterEach(async () => {
    await bench.close();
    await own.close();
  });
  const firstSweep = () => waitFor(() => lookups === 1, { what: 'the first sweep' });

  test('asks for no successor when it knows that none is parked, and for each that is', async () => {
    await bench.consumer([inOrder(subject, bench.replica)], { settings, connection: own });
    await firstSweep();
    const id = newId();
    for (const version of [0, 1, 2, 5]) {
      await bench.publish(subject, ticketEvent(id, version));
      await waitFor(async () => (await bench.settled()) === Math.min(version + 1, 4));
    }
    expect(lookups).toBe(1);
    await bench.publish(subject, ticketEvent(id, 4), ticketEvent(id, 3));
    await bench.versionIs(id, 5);
    await bench.parkedIs(0);
    expect(lookups).toBeGreaterThan(1);
  });

  test('need not know what another one parked: the parker sees that its turn has come', async () => {
    await bench.consumer([inOrder('ticket:created', bench.replica)], { settings, connection: own });
    await bench.consumer([inOrder(subject, bench.replica)], { settings });
    await firstSweep();
    const ids = Array.from({ length: 20 }, newId);
    await bench.publish(subject, ...[2, 1].flatMap((version) => ids.map((id) => ticketEvent(id, version))));
    await waitFor(async () => (await bench.count('parked')) === 40);
    await sleep(200);
    await bench.publish('ticket:created', ...ids.map((id) => ticketEvent(id, 0)));
    for (const id of ids) await bench.versionIs(id, 2);
    expect((await bench.replica.all()).map(({ history }) => history)).toEqual(ids.map(() => [0, 1, 2]));
    await bench.parkedIs(0);
    expect(lookups).toBe(1);
  });

  test('finds at its start what a process that died has parked', async () => {
    const id = newId();
    const dead = await bench.consumer([inOrder(subject, bench.replica)], { settings });
    await bench.publish(subject, ticketEvent(id, 1));
    await waitFor(async () => (await bench.count('parked')) === 1);
    await dead.drain();
    const both = [inOrder('ticket:created', bench.replica), inOrder(subject, bench.replica)];
    await bench.consumer(both, { settings, connection: own });
    await firstSweep();
    await bench.publish('ticket:created', ticketEvent(id, 0));
    await bench.versionIs(id, 1);
  });

  test('knows no more than its bound, and then asks', async () => {
    const stores = await consumerStores(bench.connection, bench.group, 3, bench.logger);
    const parkedHere = new ParkedHere(1);
    parkedHere.sweeping()([], true);
    const alone = { parkedWatch: { keep: () => undefined }, count: () => undefined };
    const deps = { ...stores, ...alone, parkedHere, replica: bench.replica, retryAfterMs: 1_000, logger: bench.logger };
    const mechanism = new InOrder(deps);
    const id = newId();
    for (const version of [3, 2, 1, 0]) {
      const event = ticketEvent(id, version);
      const origin = { group: bench.group, channel: subject, sequence: version + 1, storedAt: 1 };
      await mechanism.apply({ subject, event, origin, payload: encodeEvent(subject, event) });
    }
    expect((await bench.replica.find(id))?.history).toEqual([0, 1, 2, 3]);
    await bench.parkedIs(0);
  });
});

describe('the watch', () => {
  let paused = false;
  let outages = 0;
  const looks: number[] = [];
  let watch: ParkedWatch;
  beforeEach(() => {
    [paused, outages] = [false, 0];
    looks.length = 0;
    const onOutage = () => void (outages += 1);
    const inTurn = <T>(_key: string, task: () => Promise<T>) => task();
    watch = new ParkedWatch({ logger: silentLogger(), isPaused: () => paused, inTurn, onOutage });
  });
  afterEach(() => watch.stop());
  const look = (waits: () => boolean) => () => {
    looks.push(performance.now());
    return Promise.resolve(waits());
  };

  test('looks by pauses that double until nothing waits', async () => {
    watch.keep(
      'a',
      look(() => looks.length < 5),
    );
    await waitFor(() => looks.length === 5);
    const pauses = looks.slice(1).map((time, index) => time - (looks[index] ?? 0));
    pauses.forEach((pause, index) => expect(pause).toBeGreaterThanOrEqual(20 * 2 ** (index + 1) - 2));
    await sleep(400);
    expect(looks).toHaveLength(5);
  });

  test('goes on after an outage and after any other failure, and looks at nothing while it is paused', async () => {
    let error: Error = new mongo.MongoNetworkError('away');
    const fail = () => {
      looks.push(1);
      return Promise.reject(error);
    };
    watch.keep('a', fail);
    await waitFor(() => outages === 1);
    error = new Error('something else');
    await waitFor(() => looks.length >= 3);
    expect(outages).toBeLessThan(looks.length);
    paused = true;
    await sleep(50); // one that runs ends
    const before = looks.length;
    await sleep(500);
    expect(looks).toHaveLength(before);
    paused = false;
    await waitFor(() => looks.length > before, { timeoutMs: 5_000 });
  });

  test('ends when it is stopped, with the look that runs', async () => {
    let finished = false;
    const slow = async () => {
      looks.push(1);
      await sleep(100);
      finished = true;
      return true;
    };
    watch.keep('a', slow);
    watch.keep('b', slow);
    await waitFor(() => looks.length === 1);
    await watch.stop();
    expect(finished).toBe(true);
    watch.keep('c', slow);
    await sleep(300);
    expect(looks).toHaveLength(1);
  });
});
