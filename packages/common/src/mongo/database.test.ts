import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { freePort, startMongo, databaseUrl } from '@ticketing/servers';
import mongoose from 'mongoose';
import { connectDatabase, databaseNow, isConnected } from './database';
import { isDatabaseUnavailable, isDuplicateKey, type UniqueIndex } from './database-errors';
import { StartError } from '../errors/start-error';
import { createLogger } from '../runtime/logger';
import { startMongoBetween } from '@ticketing/testing';
import { awakeDuring } from '../runtime/awake.test.helper';
import { sleep } from '../runtime/retry';

const base = process.env['TEST_MONGO_URI'] ?? '';
const closing: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

function recording() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  return { logger: createLogger({ name: 'test', level: 'info', destination }), lines };
}

async function connected(uri: string, defaultDbName = `t-${randomUUID()}`) {
  const connection = await connectDatabase({ uri, defaultDbName, logger: recording().logger });
  closing.push(() => connection.close());
  return connection;
}

/** A server that the test may kill, also where MONGO_URI names one for all. */
function ownMongo(port: number) {
  return startMongo({ port, env: { ...process.env, MONGO_URI: '' } });
}

async function eventually(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await sleep(50);
  }
}

test('the database is the one in the path of the URI, else the default', async () => {
  expect((await connected(databaseUrl(base, 'from-the-path'), 'tickets')).name).toBe('from-the-path');
  expect((await connected(base, 'tickets')).name).toBe('tickets');
  expect((await connected(`${base}/?appName=x`, 'orders')).name).toBe('orders');
});

test("a connection is its own, never mongoose's global one", async () => {
  const [one, two] = [await connected(base), await connected(base)];
  expect(one).not.toBe(two);
  expect(mongoose.connection.readyState).toBe(mongoose.ConnectionStates.disconnected);
});

test("the database's clock is told", async () => {
  const connection = await connected(base);
  const start = performance.now();
  const first = await databaseNow(connection);
  await sleep(20);
  const second = await databaseNow(connection);
  expect(second.getTime()).toBeGreaterThan(first.getTime());
  expect(second.getTime() - first.getTime()).toBeLessThan(performance.now() - start + 10_000);
});

test('a duplicate key is known by its index', async () => {
  const orders = (await connected(base)).collection('orders');
  const ofIds: UniqueIndex = { name: '_id_', key: { _id: 1 } };
  const byTicket: UniqueIndex = { name: 'ticket_reservation', key: { 'ticket.id': 1, reservation: 1 } };
  await orders.createIndex(byTicket.key, { unique: true, name: byTicket.name });
  await orders.createIndex({ ticket: 1 }, { unique: true, name: 'ticket' });
  const order = { ticket: { id: 'a' }, reservation: 1 };
  const { insertedId } = await orders.insertOne({ ...order });
  const other = { ticket: { id: 'a', other: true }, reservation: 1 };
  const byNumber: unknown = await orders.insertOne(other).catch((error: unknown) => error);
  expect(isDuplicateKey(byNumber)).toBe(true);
  expect(isDuplicateKey(byNumber, byTicket)).toBe(true);
  expect(isDuplicateKey(byNumber, { name: 'ticket', key: { ticket: 1 } })).toBe(false);
  expect(isDuplicateKey(byNumber, ofIds)).toBe(false);
  expect(isDatabaseUnavailable(byNumber)).toBe(false);

  const byId: unknown = await orders.insertOne({ _id: insertedId }).catch((error: unknown) => error);
  expect(isDuplicateKey(byId, ofIds)).toBe(true);
  expect(isDuplicateKey(byId, byTicket)).toBe(false);
});

test('a connect tries, and says so, until the server comes', async () => {
  const port = await freePort();
  const { logger, lines } = recording();
  const connecting = connectDatabase({ uri: `mongodb://127.0.0.1:${port}`, defaultDbName: 'tickets', logger });
  await eventually('a second attempt', () => lines.some(({ attempt }) => attempt === 1));
  const server = await ownMongo(port);
  closing.push(() => server.stop());
  const connection = await connecting;
  closing.push(() => connection.close());
  await eventually('a ping', () => isConnected(connection));
  expect(lines[0]).toMatchObject({ level: 40, msg: 'MongoDB cannot be reached: trying again' });
  expect(lines[0]?.['reason']).toContain('ECONNREFUSED');
  expect(lines.at(-1)).toMatchObject({ database: 'tickets', msg: 'connected to MongoDB' });
});

test('an abort ends the attempts', async () => {
  const uri = `mongodb://127.0.0.1:${await freePort()}`;
  const signal = AbortSignal.timeout(200);
  const connecting = connectDatabase({ uri, defaultDbName: 'tickets', logger: recording().logger, signal });
  await expect(connecting).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) });
});

test.each([
  'mongodb://a:b:c/',
  'mongodb://host:99999',
  'mongodb://host/?nonsense=1',
  'mongodb://u:p%ZZ@host/',
  'mongodb://host/?authMechanism=SCRAM-SHA-256', // without a user
  `${base.replace('://', '://user@')}/?authMechanism=GSSAPI`, // needs a module that is not installed
])('the address %s can never work and is said at once, without trying again', async (uri) => {
  const { logger, lines } = recording();
  const signal = AbortSignal.timeout(10_000);
  const connecting = connectDatabase({ uri, defaultDbName: 'tickets', logger, signal });
  await expect(connecting).rejects.toThrow(StartError);
  await expect(connecting).rejects.toThrow('MONGO_URI cannot be used');
  expect(lines).toEqual([]);
});

test('an address whose compression needs a missing module is reported at once', async () => {
  const between = await startMongoBetween(base, (command) => command.pass(), { compression: ['snappy'] });
  closing.push(() => between.close());
  const { logger, lines } = recording();
  const connecting = connectDatabase({ uri: `${between.url}&compressors=snappy`, defaultDbName: 't', logger });
  connecting.then((connection) => closing.push(() => connection.close())).catch(() => undefined);
  await expect(connecting).rejects.toThrow(/^MONGO_URI cannot be used: .*`snappy` not found/);
  expect(lines).toEqual([]);
});

test('a password in an unusable address is not told', async () => {
  const uri = 'mongodb://user:hunter2@/tickets';
  const failure: unknown = await connectDatabase({ uri, defaultDbName: 't', logger: recording().logger }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartError);
  expect((failure as Error).message).toContain('//***@');
  expect((failure as Error).message).not.toContain('hunter2');
});

test('a killed server is distinguished from every other failure, and the connection recovers by itself', async () => {
  const port = await freePort();
  const server = await ownMongo(port);
  closing.push(() => server.stop());
  const connection = await connected(server.url);
  const schema = new mongoose.Schema({ title: { type: String, required: true } }, { optimisticConcurrency: true });
  const Ticket = connection.model('Ticket', schema);
  await Ticket.init();
  const ticket = await Ticket.create({ title: 'concert' });

  const invalid: unknown = await Ticket.create({}).catch((error: unknown) => error);
  const stale = await Ticket.findById(ticket._id).orFail();
  await ticket.set('title', 'opera').save();
  const version: unknown = await stale
    .set('title', 'ballet')
    .save()
    .catch((error: unknown) => error);
  expect([invalid, version].map((error) => (error as Error).name)).toEqual(['ValidationError', 'VersionError']);
  expect([invalid, version].map(isDatabaseUnavailable)).toEqual([false, false]);

  const inFlight = Promise.all(
    Array.from({ length: 50 }, (_, i) => Ticket.create({ title: `${i}` }).catch((error: unknown) => error)),
  );
  await server.kill();
  const failures = (await inFlight).filter((result) => result instanceof Error);
  expect(failures.filter((error) => !isDatabaseUnavailable(error))).toEqual([]);

  const start = performance.now();
  const refused: unknown[] = await Promise.all([
    Ticket.findOne().catch((error: unknown) => error),
    Ticket.create({ title: 'x' }).catch((error: unknown) => error),
    Ticket.updateOne({}, { title: 'x' }).catch((error: unknown) => error),
    connection
      .collection('tickets')
      .findOne()
      .catch((error: unknown) => error),
    databaseNow(connection).catch((error: unknown) => error),
  ]);
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(refused.filter((error) => !isDatabaseUnavailable(error))).toEqual([]);
  expect(isDatabaseUnavailable(new Error('saving failed', { cause: refused[0] }))).toBe(true);
  expect(await isConnected(connection)).toBe(false);

  const again = await ownMongo(port);
  closing.push(() => again.stop());
  await eventually('the connection is back', () => isConnected(connection));
  await Ticket.create({ title: 'after' });
});

test('a server that hangs is found out by the ping within about a second', async () => {
  const line = await lineTo(base);
  const connection = await connected(`mongodb://127.0.0.1:${line.port}/?directConnection=true`);
  await eventually('a ping', () => isConnected(connection));
  line.hang(true);
  const ping = async () => expect(await isConnected(connection)).toBe(false);
  expect(await awakeDuring(ping)).toBeLessThan(10_000);
  line.hang(false);
  await eventually('the server answers again', () => isConnected(connection));
});

/** A TCP line to the server that can stop passing on what it gets, without closing. */
async function lineTo(uri: string) {
  const { hostname, port } = new URL(uri.replace('mongodb:', 'http:'));
  const sockets = new Set<Socket>();
  let hanging = false;
  const server = createServer((socket) => {
    const onward = connect(Number(port || 27017), hostname);
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      if (hanging) from.pause();
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0);
  await once(server, 'listening');
  closing.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    hang(on: boolean) {
      hanging = on;
      sockets.forEach((socket) => (on ? socket.pause() : socket.resume()));
    },
  };
}

test('a connection that was closed is neither connected nor anything but unavailable', async () => {
  const connection = await connectDatabase({ uri: base, defaultDbName: 't', logger: recording().logger });
  const Ticket = connection.model('Ticket', new mongoose.Schema({ title: String }));
  await connection.close();
  expect(await isConnected(connection)).toBe(false);
  const error: unknown = await Ticket.findOne().catch((failure: unknown) => failure);
  expect(isDatabaseUnavailable(error)).toBe(true);
});
