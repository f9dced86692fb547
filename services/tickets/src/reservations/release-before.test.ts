import { newId, TestBed, waitFor } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { as, publishOrder, sell } from '../tickets/tickets.test.helper';
import { startBefore } from './release-before.test.helper';

let bed: TestBed;
beforeEach(async () => {
  bed = await TestBed.open();
});
afterEach(() => bed.close());

const ticketAt = async (url: string, id: string) => (await request(url).get(`/api/tickets/${id}`).expect(200)).body;
const listedAt = async (url: string) =>
  (await request(url).get('/api/tickets').expect(200)).body.map(({ id }: { id: string }) => id);
const edit = (url: string, id: string) =>
  request(url).put(`/api/tickets/${id}`).set(as('alice')).send({ title: 'Opera', price: 9 });

/** Sells a ticket and publishes a paid order of it. */
async function sellAndPay(url: string) {
  const [ticketId = ''] = await sell(url, ['Concert']);
  const orderId = await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  await waitFor(async () => (await ticketAt(url, ticketId)).orderId === orderId);
  await publishOrder(bed, 'complete', { ticketId, reservation: 1, orderId });
  return { ticketId, orderId };
}

test('beside a new pod: what is sold is held for the old one, which neither lists nor changes nor frees it', async () => {
  const [old, now] = [await bed.start(startBefore, ticketsConfig), await bed.start(startTickets, ticketsConfig)];
  const { ticketId, orderId } = await sellAndPay(old.url);
  const sold = await waitFor(async () => {
    const ticket = await ticketAt(now.url, ticketId);
    return ticket.sold && ticket;
  });
  expect(sold).toMatchObject({ version: 2, orderId, sold: true });
  expect(await ticketAt(old.url, ticketId)).toEqual({ ...sold, sold: undefined }); // it does not know of more
  expect(await listedAt(old.url)).toEqual([]);
  const { body } = await edit(old.url, ticketId).expect(409);
  expect(body.errors[0].message).toContain('reserved');

  // The late and repeated events that either of them may get change nothing.
  const others = await sell(now.url, Array<string>(5).fill('Another'));
  for (let n = 0; n < 5; n += 1) {
    await publishOrder(bed, 'created', { ticketId, reservation: 1, orderId });
    await publishOrder(bed, 'created', { ticketId: others[n] ?? '', reservation: 1 });
  }
  await waitFor(async () => (await listedAt(old.url)).length === 0);
  expect(await ticketAt(now.url, ticketId)).toEqual(sold);
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
});

test('alone: it keeps the ticket held; the first new pod gets all that was paid before it came', async () => {
  const old = await bed.start(startBefore, ticketsConfig);
  const { ticketId, orderId } = await sellAndPay(old.url);
  const later = await sellAndPay(old.url);
  await edit(old.url, ticketId).expect(409);
  const now = await bed.start(startTickets, ticketsConfig);
  for (const paid of [{ ticketId, orderId }, later]) {
    const sold = await waitFor(async () => {
      const ticket = await ticketAt(now.url, paid.ticketId);
      return ticket.sold && ticket;
    });
    expect(sold).toMatchObject({ version: 2, orderId: paid.orderId });
  }
  expect(await bed.connection.collection('dead_letters').countDocuments()).toBe(0);
});

test('a pod of this release reads what the one before has written: a ticket without `sold`', async () => {
  const old = await bed.start(startBefore, ticketsConfig);
  const [ticketId = ''] = await sell(old.url, ['Concert']);
  await old.stop();
  const now = await bed.start(startTickets, ticketsConfig);
  expect(await ticketAt(now.url, ticketId)).toEqual({
    ...{ id: ticketId, version: 0, title: 'Concert', price: 20, userId: 'alice' },
  });
  await publishOrder(bed, 'complete', { ticketId, reservation: 1, orderId: newId() });
  await waitFor(async () => (await ticketAt(now.url, ticketId)).sold);
});
