import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { signToken } from '@ticketing/common';
import { testBroker, waitFor, newId } from '@ticketing/testing';
import { databaseUrl, freePort } from '@ticketing/servers';
import type { ServiceName } from '@ticketing/services';
import { type ServiceProcess, startServiceProcess } from '@ticketing/start';
import { TestSystem } from '../system/system.helper';

jest.setTimeout(180_000);

const secret = () => randomBytes(24).toString('hex');
const [jwtKey, previousKey, natsPassword, mongoPassword, receiverKey, typed] = Array.from({ length: 6 }, secret) as [
  ...[string, string, string, string, string, string],
];
const userOf = (id: string) => ({ id, email: `${id}@example.com` });
const tokens = {
  alice: signToken(userOf('alice'), jwtKey),
  bob: signToken(userOf('bob'), previousKey),
  forged: signToken(userOf('alice'), secret()),
  expired: signToken(userOf('alice'), jwtKey, { expiresInSeconds: -60 }),
};
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const cookie = Buffer.from(JSON.stringify({ jwt: tokens.bob })).toString('base64');

/** Every text that no line may have, including the parts of a token. */
const secrets = [
  ...[jwtKey, previousKey, natsPassword, mongoPassword, receiverKey, typed, cookie],
  ...Object.values(tokens).flatMap((token) => [token, ...token.split('.').slice(1)]),
];

let system: TestSystem;
const lines: string[] = [];
const take = (line: string) => void lines.push(line);

/** With a name and a password before the host. */
const withPassword = (url: string, password: string) => url.replace('//', `//user:${password}@`);

function env(name: ServiceName): NodeJS.ProcessEnv {
  return {
    ...system.env(name),
    LOG_LEVEL: 'trace',
    JWT_KEY: jwtKey,
    JWT_KEYS_PREVIOUS: previousKey,
    MAX_ATTEMPTS: '1',
    NATS_URL: withPassword(system.nats.url, natsPassword),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${receiverKey}@127.0.0.1:9`,
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${receiverKey}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
}

beforeAll(async () => {
  system = await TestSystem.open();
});
afterAll(() => system.close());

/** Sends a request and returns its status. */
async function call(method: string, path: string, headers: Record<string, string> = {}, body?: object | string) {
  const sent = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(system.url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  return { status: response.status, body: (await response.json().catch(() => ({}))) as { id: string } };
}

/** Requests for every status of a service, and requests that break HTTP. */
async function useServices({ url }: ServiceProcess): Promise<void> {
  const concert = { title: 'Concert', price: 20 };
  const { body: ticket } = await call('POST', '/api/tickets', bearer(tokens.alice), concert);
  const order = () => call('POST', '/api/orders', { Cookie: `session=${cookie}` }, { ticketId: ticket.id });
  await waitFor(async () => (await order()).status === 201, { what: 'an order' });
  await order(); // 409
  const path = `/api/tickets/${ticket.id}`;
  await call('GET', `${path}?access_token=${typed}`);
  await call('GET', `/api/tickets/nonsense?access_token=${typed}`, bearer(tokens.alice));
  await call('POST', '/api/tickets', bearer(tokens.alice), { title: typed, price: typed, password: typed });
  await call('POST', '/api/tickets', bearer(tokens.alice), `{"title": ${tokens.alice}`);
  for (const token of [tokens.forged, tokens.expired, typed])
    await call('POST', '/api/tickets', bearer(token), concert);
  await call('PUT', path, bearer(tokens.bob), concert);
  await call('PUT', path, { ...bearer(tokens.alice), 'If-Match': '"99"' }, concert);
  // A ticket that was damaged by hand: its next event breaks the contract, which counts as a fault of the service.
  const spoilt = { userId: 'alice', title: 'x', price: 1, version: -7, outbox: [] };
  const { insertedId } = await system.databases.tickets.collection('tickets').insertOne(spoilt);
  await call('PUT', `/api/tickets/${String(insertedId)}`, bearer(tokens.alice), concert);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(`NONSENSE ${tokens.alice}\r\nAuthorization: Bearer ${tokens.alice}\r\n\r\n`).resume();
  await once(socket, 'close');
}

async function sendBadMessages(): Promise<void> {
  const servers = { engine: system.engine, natsUrl: system.nats.url, natsClusterId: 'ticketing' };
  const broker = await testBroker('', undefined, servers);
  const meta = { id: '4f0f6f0e-7f5c-4c8a-9a3f-2d6f5b1f9d11', occurredAt: new Date().toISOString() };
  const order = { id: newId(), version: 0, status: 'created', userId: 'bob', expiresAt: new Date().toISOString() };
  const unknown = { ...order, reservation: 1, ticket: { id: newId(), price: 1 }, meta, token: tokens.alice };
  for (const payload of [tokens.alice, JSON.stringify({ token: tokens.alice }), JSON.stringify(unknown)]) {
    await broker.publish('order:created', payload);
  }
  await broker.close();
  const letters = system.databases.tickets.collection('dead_letters');
  await waitFor(async () => (await letters.countDocuments()) === 3, { timeoutMs: 20_000, what: 'three dead letters' });
}

async function takeServersAway(): Promise<void> {
  await system.mongo.down();
  const list = () => call('GET', '/api/tickets', bearer(tokens.alice));
  await waitFor(async () => (await list()).status === 503, { timeoutMs: 30_000 });
  await system.mongo.up();
  await waitFor(async () => (await list()).status === 200, { timeoutMs: 60_000 });
  await system.nats.down();
  const retries = () => lines.filter((line) => line.includes('cannot reach NATS Streaming')).length;
  await waitFor(() => retries() > 0, { timeoutMs: 60_000, what: 'a try to reach NATS Streaming' });
  await system.nats.up();
}

/** A start that cannot succeed. */
async function failToStart(changes: NodeJS.ProcessEnv): Promise<void> {
  const starting = startServiceProcess({
    name: 'tickets',
    env: { ...env('tickets'), ...changes },
    log: take,
    readyWithinMs: 20_000,
  });
  await expect(starting).rejects.toThrow('tickets');
}

test('no secret and no token is in anything that a service prints, whatever happens to it', async () => {
  const [tickets, orders] = await Promise.all([
    system.start('tickets', env('tickets'), take),
    system.start('orders', env('orders'), take),
  ]);
  await useServices(tickets);
  await sendBadMessages();
  await takeServersAway();
  expect(await Promise.all([tickets.stop(), orders.stop()])).toEqual([0, 0]);
  const mongo = (url: string) => ({ MONGO_URI: withPassword(url, mongoPassword) });
  const own = databaseUrl(system.mongo.url, 'tickets');
  await Promise.all([
    failToStart(mongo(`mongodb://127.0.0.1:${await freePort()}/tickets`)),
    failToStart(mongo('mongodb://127.0.0.1:1/tickets?authMechanism=nonsense')),
    failToStart(mongo(`${own.split('?')[0]}?authSource=admin`)),
    failToStart({ NATS_URL: `http://user:${natsPassword}@nats`, OTEL_EXPORTER_OTLP_PROTOCOL: receiverKey }),
  ]);

  const printed = lines.join('\n');
  const statuses = [201, 400, 401, 403, 404, 409, 412, 500, 503].map((status) => `"status":${status},`);
  const messages = [
    ...['kept as a dead letter', 'a handler failed', 'published', 'handled an event', 'traces cannot be delivered'],
    ...['request failed by a fault', 'MongoDB cannot be reached', 'MONGO_URI cannot be used', 'NATS_URL must be'],
  ];
  expect([...statuses, ...messages].filter((text) => !printed.includes(text))).toEqual([]);
  const leaks = lines.filter((line) => secrets.some((text) => line.includes(text)));
  expect(leaks).toEqual([]);
});
