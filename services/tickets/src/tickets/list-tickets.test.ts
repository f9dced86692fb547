import { waitFor, TestBed } from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from '../config';
import { startTickets } from '../service';
import { publishOrder, sell } from './tickets.test.helper';

let bed: TestBed;
let url: string;

beforeEach(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
});
afterEach(() => bed.close());

const nextOf = (link: string | undefined) => /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];

/** The ids of each page, by following Link from the first one on. */
async function pagesFrom(path: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined && pages.length < 20;) {
    const { body, headers } = await request(url).get(next).expect(200);
    pages.push(body.map(({ id }: { id: string }) => id));
    next = nextOf(headers['link']);
  }
  return pages;
}

test('200 for anyone: an empty list has no next page', async () => {
  const { body, headers } = await request(url).get('/api/tickets').expect(200);
  expect(body).toEqual([]);
  expect(headers['link']).toBeUndefined();
});

test('newest first, with id and version and nothing of the inside', async () => {
  const [older, newer] = await sell(url, ['Older', 'Newer']);
  const { body } = await request(url).get('/api/tickets').expect(200);
  expect(body).toEqual([
    { id: newer, version: 0, title: 'Newer', price: 20, userId: 'alice' },
    { id: older, version: 0, title: 'Older', price: 20, userId: 'alice' },
  ]);
});

test('following Link gives each ticket once, whatever the limit, also when tickets are added meanwhile', async () => {
  const titles = Array.from({ length: 7 }, (_, n) => `Concert ${n}`);
  const newestFirst = (await sell(url, titles)).reverse();
  for (const [limit, sizes] of [
    [3, [3, 3, 1]],
    [7, [7]],
    [1, [1, 1, 1, 1, 1, 1, 1]],
    [100, [7]],
  ] as const) {
    const pages = await pagesFrom(`/api/tickets?limit=${limit}`);
    expect(pages.map((page) => page.length)).toEqual(sizes);
    expect(pages.flat()).toEqual(newestFirst);
  }
  const first = await request(url).get('/api/tickets?limit=4').expect(200);
  await sell(url, ['Late']);
  expect((await pagesFrom(nextOf(first.headers['link']) ?? '')).flat()).toEqual(newestFirst.slice(4));
});

test('without a limit a page has 50; with one, 100 at most', async () => {
  const titles = Array.from({ length: 120 }, (_, n) => `Concert ${n}`);
  await Promise.all(titles.map((title) => sell(url, [title])));
  expect((await pagesFrom('/api/tickets')).map((page) => page.length)).toEqual([50, 50, 20]);
  const pages = await pagesFrom('/api/tickets?limit=100');
  expect(pages.map((page) => page.length)).toEqual([100, 20]);
  expect(new Set(pages.flat()).size).toBe(120);
});

test('a reserved ticket vanishes from the list and comes back when it is released', async () => {
  const [stays, ticketId = ''] = await sell(url, ['Stays', 'Is reserved']);
  const listed = async () => (await pagesFrom('/api/tickets')).flat();
  const orderId = await publishOrder(bed, 'created', { ticketId, reservation: 1 });
  await waitFor(async () => (await listed()).length === 1);
  expect(await listed()).toEqual([stays]);
  await publishOrder(bed, 'cancelled', { ticketId, reservation: 1, orderId });
  await waitFor(async () => (await listed()).length === 2);
});

test('a sold ticket stays out of the list', async () => {
  const [stays, ticketId = ''] = await sell(url, ['Stays', 'Is sold']);
  await publishOrder(bed, 'complete', { ticketId, reservation: 1 });
  await waitFor(async () => (await request(url).get(`/api/tickets/${ticketId}`)).body.sold);
  expect((await pagesFrom('/api/tickets')).flat()).toEqual([stays]);
});

test('a bad limit or cursor is 400 and named', async () => {
  for (const [query, fields] of [
    ['limit=0', ['limit']],
    ['limit=101', ['limit']],
    ['limit=-1', ['limit']],
    ['limit=1.5', ['limit']],
    ['limit=many', ['limit']],
    ['limit=', ['limit']],
    ['limit=1&limit=2', ['limit']],
    ['limit[$gt]=1', undefined],
    ['cursor=nonsense', ['cursor']],
    ['cursor=', ['cursor']],
    ['cursor=aaaaaaaaaaaaaaaaaaaaaaaa&cursor=bbbbbbbbbbbbbbbbbbbbbbbb', ['cursor']],
    ['limit=0&cursor=x', ['limit', 'cursor']],
  ] as const) {
    const reply = await request(url).get(`/api/tickets?${query}`);
    // An unknown parameter is no error: Express reads `limit[$gt]` as a parameter with that name.
    expect([query, reply.status]).toEqual([query, fields ? 400 : 200]);
    if (fields) expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  }
});
