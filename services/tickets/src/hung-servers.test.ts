import { TestBed, testServers, waitFor } from '@ticketing/testing';
import { type Restartable, restartableBroker, restartableMongo } from '@ticketing/servers';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as } from './tickets/tickets.test.helper';

let mongo: Restartable;
let nats: Restartable;
let bed: TestBed;

beforeEach(async () => {
  [mongo, nats] = await Promise.all([restartableMongo(), restartableBroker()]);
  bed = await TestBed.open({ ...testServers(), mongoUrl: mongo.url, natsUrl: nats.url, natsClusterId: 'ticketing' });
});
afterEach(async () => {
  await mongo.signal('SIGCONT');
  await nats.signal('SIGCONT');
  await bed.close();
  await Promise.all([mongo.remove(), nats.remove()]);
});

test.each(['NATS Streaming', 'MongoDB'])('a stop ends within its 10 s although %s hangs', async (which) => {
  const tickets = await bed.start(startTickets, ticketsConfig);
  await waitFor(async () => (await request(tickets.url).get('/readyz')).body.nats === 'up');
  await request(tickets.url).post('/api/tickets').set(as('alice')).send({ title: 'concert', price: 20 }).expect(201);
  await (which === 'MongoDB' ? mongo : nats).signal('SIGSTOP');
  const start = performance.now();
  await tickets.stop();
  expect(performance.now() - start).toBeLessThan(15_000); // and 5 s for a machine that is held up
});
