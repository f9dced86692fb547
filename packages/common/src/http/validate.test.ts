import request from 'supertest';
import { z } from 'zod';
import { testApp } from './app.test.helper';
import { parseBody } from './validate';

const schema = z.strictObject({
  title: z.string().trim().min(1, 'title must not be empty'),
  price: z.number().positive('price must be more than 0'),
  seats: z.array(z.object({ row: z.number() })).optional(),
});

const { app } = testApp((router) => {
  router.post('/tickets', (req, res) => {
    res.json(parseBody(schema, req));
  });
});

const send = (body: object) => request(app).post('/tickets').send(body);

test('a good body comes as the schema reads it', async () => {
  const res = await send({ title: ' concert ', price: 10 });
  expect([res.status, res.body]).toEqual([200, { title: 'concert', price: 10 }]);
});

test('every problem is one entry with its field', async () => {
  const res = await send({ title: ' ', price: -1, seats: [{ row: 1 }, { row: 'x' }], userId: 'bob' });
  expect(res.status).toBe(400);
  expect(res.body.errors).toEqual([
    { message: 'title must not be empty', field: 'title' },
    { message: 'price must be more than 0', field: 'price' },
    { message: 'Invalid input: expected number, received string', field: 'seats.1.row' },
    { message: 'userId is not known here', field: 'userId' },
  ]);
});

test('a field that is not there is said to be required', async () => {
  expect((await send({})).body.errors).toEqual([
    { message: 'title is required', field: 'title' },
    { message: 'price is required', field: 'price' },
  ]);
});

test('an array is a problem of the whole body', async () => {
  const res = await send([]);
  expect(res.status).toBe(400);
  expect(res.body.errors).toEqual([{ message: 'Invalid input: expected object, received array' }]);
});

test('a missing body is said to be missing', async () => {
  const res = await request(app).post('/tickets');
  expect(res.status).toBe(400);
  expect(res.body.errors).toEqual([
    { message: 'the body is missing: send a JSON object with Content-Type: application/json' },
  ]);
  expect((await request(app).post('/tickets').set('Content-Type', 'application/json')).body).toEqual(res.body);
});

test('an empty body in chunks is said to be missing', async () => {
  const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
  const res = await request(app).post('/tickets').set(headers);
  expect([res.status, res.body.errors[0].message]).toEqual([400, expect.stringContaining('the body is missing')]);
});

test('a body of another type is told which one is expected', async () => {
  const form = await request(app).post('/tickets').type('form').send('title=a&price=1');
  expect(form.status).toBe(400);
  expect(form.body.errors).toEqual([
    { message: 'send the body as JSON with Content-Type: application/json, not application/x-www-form-urlencoded' },
  ]);
});
