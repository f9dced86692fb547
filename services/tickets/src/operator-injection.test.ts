import {
  answeredOtherwise,
  HOSTILE_FIELDS,
  HOSTILE_IDS,
  HOSTILE_QUERIES,
  HOSTILE_TAGS,
  HOSTILE_VALUES,
  hostileCredentials,
  TEST_JWT_KEY,
  TestBed,
  waitFor,
} from '@ticketing/testing';
import request from 'supertest';
import { ticketsConfig } from './config';
import { startTickets } from './service';
import { as, sell } from './tickets/tickets.test.helper';

let bed: TestBed;
let url: string;
let id: string;
let before: unknown;

const tickets = () => bed.connection.collection('tickets');
const stored = () => tickets().find().sort({ _id: 1 }).toArray();

beforeAll(async () => {
  bed = await TestBed.open();
  ({ url } = await bed.start(startTickets, ticketsConfig));
  [id = ''] = await sell(url, ['Concert', 'Opera']);
  await waitFor(async () => (await tickets().countDocuments({ outbox: { $size: 0 } })) === 2);
  before = await stored();
});
afterAll(() => bed.close());

// Whatever was sent: nothing has changed, in the database and in the process.
afterEach(async () => {
  expect(await stored()).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
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

test('an operator in the query of a list is refused, or an unknown name that changes nothing', async () => {
  const { body: all } = await request(url).get('/api/tickets').expect(200);
  for (const query of HOSTILE_QUERIES) {
    const { status, body } = await request(url).get(`/api/tickets?${query}`);
    expect([query, status, body]).toEqual(status === 400 ? [query, 400, expect.anything()] : [query, 200, all]);
  }
});

test('412 for an If-Match that names no version', async () => {
  expect(await answeredOtherwise(412, HOSTILE_TAGS, (tag) => put(good).set('If-Match', tag))).toEqual([]);
});

test('401 for credentials with an operator in them', async () => {
  const headers = hostileCredentials(TEST_JWT_KEY).map((header) => JSON.stringify(header));
  const call = (text: string) => request(url).post('/api/tickets').set(JSON.parse(text)).send({ title: 'x', price: 1 });
  expect(await answeredOtherwise(401, headers, call)).toEqual([]);
});
