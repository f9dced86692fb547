import { answeredOtherwise, HOSTILE_FIELDS, HOSTILE_IDS, HOSTILE_TAGS, HOSTILE_VALUES } from '@ticketing/testing';
import { testOperatorInjection } from '@ticketing/testing/suites';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, sell } from './tickets/tickets.test.helper';

let url: string;
let id: string;

testOperatorInjection({ name: 'tickets', start: startTickets, config: ticketsConfig }, async (_bed, its) => {
  url = its;
  [id = ''] = await sell(url, ['Concert', 'Opera']);
  return {
    collections: ['tickets'],
    list: (query) => request(url).get(`/api/tickets?${query}`),
    signedIn: [(headers) => request(url).post('/api/tickets').set(headers).send({ title: 'x', price: 1 })],
  };
});

const json = { ...as('alice'), 'Content-Type': 'application/json' };
const post = (body: string) => request(url).post('/api/tickets').set(json).send(body);
const put = (body: string, path = id) => request(url).put(`/api/tickets/${path}`).set(json).send(body);
const good = '{"title":"x","price":1}';

describe.each([
  ['POST /api/tickets', post],
  ['PUT /api/tickets/:id', put],
])('%s', (_route, send: (body: string) => request.Test) => {
  test.each([
    ['title', (value: string) => `{"title":${value},"price":1}`],
    ['price', (value: string) => `{"title":"x","price":${value}}`],
    ['the body', (value: string) => value],
  ])('400 for an operator as %s', async (_field, bodyOf) => {
    expect(await answeredOtherwise(400, HOSTILE_VALUES.map(bodyOf), send)).toEqual([]);
  });

  test('400 for a field that is not for the caller to set', async () => {
    const bodies = HOSTILE_FIELDS.map((field) => `{"title":"x","price":1,${field}}`);
    expect(await answeredOtherwise(400, bodies, send)).toEqual([]);
  });
});

test('404 for an id that is an operator', async () => {
  expect(await answeredOtherwise(404, HOSTILE_IDS, (path) => request(url).get(`/api/tickets/${path}`))).toEqual([]);
  expect(await answeredOtherwise(404, HOSTILE_IDS, (path) => put(good, path))).toEqual([]);
});

test('412 for an If-Match that names no version', async () => {
  expect(await answeredOtherwise(412, HOSTILE_TAGS, (tag) => put(good).set('If-Match', tag))).toEqual([]);
});
