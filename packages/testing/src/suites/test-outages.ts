import { type ConfigShape, sleep } from '@ticketing/common';
import { type Restartable, restartableBroker, restartableMongo } from '@ticketing/servers';
import request from 'supertest';
import { past503 } from '../service/past-503';
import { TestBed, type TestStart } from '../service/test-bed';
import { testServers } from '../test-servers';
import { waitFor } from '../wait-for';
import type { ServiceUnderTest } from './service-under-test';

/** A check that goes on after the outage. */
type Afterwards = () => Promise<void>;

export interface OutagesOfService<Shape extends ConfigShape> extends ServiceUnderTest<Shape> {
  readonly settings?: TestStart;
  /** Makes what needs NATS Streaming, before it goes. */
  readonly before?: (bed: TestBed, url: string) => Promise<void>;
  /** Writes while NATS Streaming is away; then: each event has arrived once. */
  readonly writes: (bed: TestBed, url: string) => Promise<Afterwards>;
  /** Before MongoDB goes: what is there, and the calls that get 503 while it is away. */
  readonly calls: (bed: TestBed, url: string) => Promise<readonly (() => request.Test)[]>;
  /** While MongoDB is away; then: what came meanwhile has been done, and what got 503 has not. */
  readonly meanwhile: (bed: TestBed, url: string) => Afterwards | Promise<Afterwards>;
  /** A call that writes: 201. */
  readonly write: (bed: TestBed, url: string) => (() => request.Test) | Promise<() => request.Test>;
}

/** Declares the tests of a service without its servers, which belong to the suite. */
export function testOutages<Shape extends ConfigShape>(service: OutagesOfService<Shape>): void {
  const { start, config, settings = {} } = service;
  let mongo: Restartable;
  let nats: Restartable;
  let bed: TestBed;
  let url: string;

  jest.setTimeout(120_000);
  beforeAll(async () => {
    [mongo, nats] = await Promise.all([restartableMongo(), restartableBroker()]);
    bed = await TestBed.open({ ...testServers(), mongoUrl: mongo.url, natsUrl: nats.url, natsClusterId: 'ticketing' });
    ({ url } = await bed.start(start, config, settings));
    await waitFor(async () => (await readyz()).body.nats === 'up');
  });
  afterAll(async () => {
    await Promise.all([mongo.up(), nats.up()]);
    await bed.close();
    await Promise.all([mongo.remove(), nats.remove()]);
  });
  const readyz = () => request(url).get('/readyz');
  /** Its look at MongoDB has a second, which a machine that is held up may take: waits until it says exactly this. */
  const saysOfItself = (status: number, facts: object) =>
    waitFor(async () => {
      const reply = await readyz();
      expect([reply.status, reply.body]).toEqual([status, { draining: false, ...facts }]);
      return reply.body as { readonly natsDownSince?: string };
    });

  test('NATS away: ready, and says so; what is written meanwhile arrives once after it returns', async () => {
    await service.before?.(bed, url);
    const before = Date.now();
    await nats.down();
    const away = { mongo: 'up', nats: 'down', natsDownSince: expect.any(String) as string };
    const { natsDownSince = '' } = await saysOfItself(200, away);
    expect(Date.parse(natsDownSince)).toBeGreaterThanOrEqual(before);
    const arrived = await service.writes(bed, url);

    await nats.up();
    await arrived();
    const pending = { 'outbox.0': { $exists: true } };
    await waitFor(async () => (await bed.connection.collection(service.name).countDocuments(pending)) === 0);
    await saysOfItself(200, { mongo: 'up', nats: 'up' });
  });

  test('MongoDB away: 503 in JSON, soon, and nothing is a dead letter; it recovers and goes on by itself', async () => {
    const calls = await service.calls(bed, url);
    await mongo.down();
    await saysOfItself(503, { mongo: 'down', nats: 'up' });
    await request(url).get('/healthz').expect(200);
    const started = Date.now();
    const replies = await Promise.all(calls.map((call) => call()));
    expect(Date.now() - started).toBeLessThan(25_000);
    for (const { status, body, headers } of replies) {
      expect([status, body]).toEqual([503, { errors: [{ message: expect.stringMatching(/database/) }] }]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    const done = await service.meanwhile(bed, url);

    await mongo.up();
    await waitFor(async () => (await readyz()).status === 200, { timeoutMs: 30_000 });
    await done();
    expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
    expect((await past503(await service.write(bed, url))).status).toBe(201);
  });

  test('MongoDB that hangs: not ready within seconds; a request waits for it and is answered when it goes on', async () => {
    const write = await service.write(bed, url);
    await Promise.all(Array.from({ length: 20 }, readyz)); // a new connection is not waited for so long
    await mongo.signal('SIGSTOP');
    const started = Date.now();
    const answered = Promise.resolve(write());
    await saysOfItself(503, { mongo: 'down', nats: 'up' });
    expect(Date.now() - started).toBeLessThan(15_000);
    await mongo.signal('SIGCONT');
    expect((await answered).status).toBe(201);
    await saysOfItself(200, { mongo: 'up', nats: 'up' });
  });

  test('a start without MongoDB waits until it is there', async () => {
    await mongo.down();
    const starting = bed.start(start, config, { ...settings, env: { ...settings.env, PORT: '0' } });
    const early = await Promise.race([starting.then(() => 'started'), sleep(3_000).then(() => 'waits')]);
    await mongo.up();
    const instance = await starting;
    expect(early).toBe('waits');
    await waitFor(async () => (await request(instance.url).get('/readyz')).status === 200);
  });
}
