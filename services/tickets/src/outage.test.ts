import { sleep } from '@ticketing/common';
import { waitFor } from '@ticketing/testing';
import { testOutages } from '@ticketing/testing/suites';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, publishOrder, sell } from './tickets/tickets.test.helper';

let ticketId = '';
const post = (url: string, title: string) =>
  request(url).post('/api/tickets').set(as('alice')).send({ title, price: 20 });

testOutages({
  name: 'tickets',
  start: startTickets,
  config: ticketsConfig,
  async writes(bed, url) {
    const titles = Array.from({ length: 100 }, (_, n) => `Concert ${n}`);
    const replies = await Promise.all(titles.map((title) => post(url, title)));
    expect(replies.map(({ status }) => status)).toEqual(titles.map(() => 201));
    return async () => {
      const events = bed.events('ticket:created');
      await waitFor(() => events.length >= 100, { timeoutMs: 60_000 });
      expect(new Set(events.map(({ id }) => id))).toEqual(new Set(replies.map(({ body }) => body.id)));
      expect(events.map(({ title }) => title).sort()).toEqual([...titles].sort());
    };
  },
  async calls(_bed, url) {
    [ticketId = ''] = await sell(url, ['Stays']);
    return [
      () => request(url).get('/api/tickets'),
      () => request(url).get(`/api/tickets/${ticketId}`),
      () => post(url, 'Not saved'),
      () => request(url).put(`/api/tickets/${ticketId}`).set(as('alice')).send({ title: 'x', price: 1 }),
    ];
  },
  async meanwhile(bed, url) {
    const orderId = await publishOrder(bed, 'created', { ticketId, reservation: 1 });
    await sleep(2_000);
    return async () => {
      const show = async () => (await request(url).get(`/api/tickets/${ticketId}`)).body;
      await waitFor(async () => (await show()).orderId === orderId, { timeoutMs: 30_000 });
      const { body } = await request(url).get('/api/tickets');
      expect((body as { title: string }[]).map(({ title }) => title)).not.toContain('Not saved');
    };
  },
  write: (_bed, url) => () => post(url, 'Saved'),
});
