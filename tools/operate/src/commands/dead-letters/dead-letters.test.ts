import { type DeadLetter, deadLetterStore, encodeEvent, type EventOf } from '@ticketing/common';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { waitFor, newId, newMeta } from '@ticketing/testing';
import { Types } from 'mongoose';
import { OperatedSystem } from '../../operated-system.test.helper';
import { runCommand } from '../../run-command.test.helper';

let system: OperatedSystem;
const ticketId = newId();
const orderId = newId();
const order: EventOf<'order:created'> = {
  ...{ id: orderId, version: 0, userId: 'bob', expiresAt: new Date().toISOString(), meta: newMeta() },
  ...{ status: 'created', reservation: 1, ticket: { id: ticketId, price: 20 } },
};
/** One that can never be handled, by orders; one whose ticket is missing, by tickets; one whose consumer is no more. */
let [poison, failed, stray] = ['', '', ''];

beforeAll(async () => {
  system = await OperatedSystem.open();
  await system.broker.publish('ticket:created', '{ no JSON');
  const storeOf = (service: ServiceName) => deadLetterStore(system.databases[service]);
  const first = (letters: readonly DeadLetter[]) => letters[0]?._id;
  poison = await waitFor(async () => first(await storeOf('orders').list()));
  await system.broker.publish('order:created', encodeEvent('order:created', order));
  failed = await waitFor(async () => first(await storeOf('tickets').list()), { timeoutMs: 30_000 });
  const origin = { group: 'gone', channel: 'order:created', sequence: 1, storedAt: 1 };
  await storeOf('tickets').put(origin, 'failed', 'it failed\nin two lines', 5, '{}');
  stray = 'gone|order:created|1|1';
});
afterAll(() => system.close());

const run = (...args: string[]) => runCommand(['dead-letters', ...args], system.env);
const listed = async (...args: string[]) =>
  ((await run('list', '--json', ...args)).json() as { id: string }[]).map(({ id }) => id);
/** What is in the databases. */
const kept = async (state?: DeadLetter['state']) => {
  const inEach = Object.values(system.databases).map((database) => deadLetterStore(database).list(state && { state }));
  return (await Promise.all(inEach)).flat().map(({ _id }) => _id);
};

test('list: both services, oldest first, as a table and as JSON; by service, channel, state and number', async () => {
  const { code, stdout } = await run('list');
  const lines = stdout.trimEnd().split('\n');
  expect({ code, ids: lines.slice(1).map((line) => line.split('  ')[0]) }).toEqual({
    code: 0,
    ids: [poison, failed, stray],
  });
  expect(lines[0]).toMatch(/^id +state +reason +attempts +dead since +message$/);
  expect(lines[1]).toMatch(/ dead +not-json +0 +20\S+Z +\S/);
  expect(lines[2]).toMatch(/ dead +failed +2 +20\S+Z +Error: order \w+ reserves ticket \w+, which does not exist$/);
  expect(lines[3]).toMatch(/ it failed in two lines$/);

  expect((await run('list', '--json')).json()).toMatchObject([
    { id: poison, service: 'orders', reason: 'not-json', payload: '{ no JSON' },
    { id: failed, service: 'tickets', reason: 'failed', attempts: 2, state: 'dead' },
    { id: stray },
  ]);
  expect(await listed('--service', 'orders', '--state', 'dead')).toEqual([poison]);
  expect(await listed('--service', 'tickets', '--state', 'redriven')).toEqual([]);
  const some = await run('list', '--channel', 'order:created', '--limit', '1');
  expect(some.stdout).toContain(failed);
  expect(some.stdout).toContain('There are more');
  expect(some.stdout).not.toContain(stray);
});

test('show: the whole letter, its payload readable; as JSON too', async () => {
  const { code, stdout } = await run('show', failed);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^service +tickets$/m);
  expect(stdout).toMatch(/^storedAt +20\S+Z$/m);
  expect(JSON.parse(stdout.slice(stdout.indexOf('\n{')))).toEqual(order);
  expect((await run('show', poison)).stdout).toContain('\n{ no JSON\n');
  expect((await run('show', failed, '--json')).json()).toMatchObject({
    id: failed,
    payload: encodeEvent('order:created', order),
  });
});

test.each([['show'], ['redrive'], ['drop', '--yes']])(
  'an unknown id: %s says which, exits with 1 and touches nothing',
  async (...args) => {
    const ids = args[0] === 'show' ? ['unknown'] : [poison, 'unknown', failed];
    const { code, stdout, stderr } = await run(...args, ...ids);
    expect({ code, stdout, stderr }).toEqual({
      ...{ code: 1, stdout: '' },
      stderr: `No such dead letter in ${serviceNames.join(' and ')}: unknown. See: dead-letters list\n`,
    });
    const elsewhere = await run(...args, '--service', 'tickets', poison);
    expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining(`in tickets: ${poison}`) });
    expect(await kept('dead')).toEqual(expect.arrayContaining([poison, failed, stray]));
  },
);

test('redrive and drop need ids or --all, not both; drop needs --yes where nobody can be asked: exit 2', async () => {
  expect(await run('redrive')).toMatchObject({ code: 2, stderr: expect.stringContaining('or --all') });
  expect(await run('drop', '--all', poison)).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
  expect(await run('drop', poison)).toMatchObject({ code: 2, stderr: expect.stringContaining('give --yes') });
  expect(await kept()).toHaveLength(3);
});

test('redrive before anything is fixed: dead again, or still waiting without a service; exit 1', async () => {
  // It ends when all have a result, so only the letter that no service takes costs the whole wait.
  for (const [id, wait, fate] of [
    [poison, '30000', 'dead again'],
    [stray, '500', 'waiting'],
  ] as const) {
    const { code, stdout } = await run('redrive', id, '--wait', wait);
    expect({ code, lines: stdout.trimEnd().split('\n').slice(1) }).toEqual({ code: 1, lines: [`${fate}  ${id}`] });
  }
  expect(await kept('redriven')).toEqual([stray]);
});

test('redrive after the ticket is there: the running service handles it, the letter is gone, the ticket is held', async () => {
  const now = new Date();
  await system.databases.tickets.collection('tickets').insertOne({
    ...{ _id: new Types.ObjectId(ticketId), version: 0, title: 'restored', price: 20, userId: 'alice', outbox: [] },
    ...{ reservation: { number: 0, state: 'released' }, createdAt: now, updatedAt: now },
  });
  const ran = await run('redrive', failed, '--wait', '20000', '--json');
  expect({ code: ran.code, fates: ran.json() }).toEqual({ code: 0, fates: [{ id: failed, fate: 'handled' }] });
  expect(await kept()).not.toContain(failed);
  const ticket = await system.databases.tickets.collection('tickets').findOne({ _id: new Types.ObjectId(ticketId) });
  expect(ticket).toMatchObject({ version: 1, reservation: { number: 1, state: 'held', orderId } });
});

test('drop: one by its id, then all of a service, then there are none', async () => {
  expect(await run('drop', poison, '--yes', '--json').then((ran) => ran.json())).toEqual({ dropped: [poison] });
  expect(await kept()).toEqual([stray]);
  expect(await run('drop', '--all', '--service', 'orders', '--yes')).toMatchObject({
    code: 0,
    stdout: 'Dropped 0 dead letters.\n',
  });
  expect(await run('drop', '--all', '--yes')).toMatchObject({ code: 0, stdout: 'Dropped 1 dead letters.\n' });
  expect(await run('list')).toMatchObject({ code: 0, stdout: 'No dead letters.\n' });
});

test('redrive --all takes what is dead', async () => {
  await system.broker.publish('ticket:updated', 'no JSON either');
  await waitFor(async () => (await kept()).length === 1, { timeoutMs: 30_000 });
  const ran = await run('redrive', '--all', '--wait', '20000');
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('dead again') });
});
