import { testServers, TestBed, waitFor } from '@ticketing/testing';
import { type JetStreamCluster, startJetStreamCluster } from '@ticketing/servers';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as } from './tickets/tickets.test.helper';

jest.setTimeout(600_000); // each takes 40 s alone
const IN_TIME = { timeoutMs: 120_000 };
/** So long without a break (ms), it is no new connection that is made. */
const STAYS_DOWN_MS = 15_000;
let cluster: JetStreamCluster;
let bed: TestBed;

beforeAll(async () => {
  cluster = await startJetStreamCluster();
});
afterEach(async () => {
  await cluster.up();
  await bed.close();
});
afterAll(() => cluster?.remove());

test.each([
  ['any of the three', () => cluster.url],
  ['the one that stays', () => cluster.nodes[2].url],
] as const)(
  'two of three servers down: a service on %s says so, answers, and goes on by itself',
  async (_, natsUrl) => {
    bed = await TestBed.open({ ...testServers(), engine: 'jetstream', natsUrl: natsUrl() });
    const { url } = await bed.start(startTickets, ticketsConfig);
    const nats = async () =>
      (await request(url).get('/readyz').expect(200)).body as { nats: string; natsDownSince?: string };
    const create = () => request(url).post('/api/tickets').set(as('alice')).send({ title: 'concert', price: 20 });
    const pending = () => bed.connection.collection('tickets').countDocuments({ 'outbox.0': { $exists: true } });
    await waitFor(async () => (await nats()).nats === 'up', IN_TIME);
    await create().expect(201);
    await waitFor(async () => (await pending()) === 0, { ...IN_TIME, what: 'the first event to be published' });

    await Promise.all([cluster.nodes[0].down(), cluster.nodes[1].down()]);
    const staysDown = async () => Date.now() - Date.parse((await nats()).natsDownSince ?? '') > STAYS_DOWN_MS;
    await waitFor(staysDown, { ...IN_TIME, what: '/readyz to say that NATS is away' });
    await create().expect(201);
    expect(await pending()).toBe(1);

    await Promise.all([cluster.nodes[0].up(), cluster.nodes[1].up()]);
    await waitFor(async () => (await nats()).nats === 'up', { ...IN_TIME, what: '/readyz to say that NATS is back' });
    await waitFor(async () => (await pending()) === 0, { ...IN_TIME, what: 'the second event to be published' });
  },
);
