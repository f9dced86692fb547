import { newId, newMeta, waitFor } from '@ticketing/testing';
import type { Subject } from '@ticketing/common';
import { auditUntilQuiet } from '../audit/audit';
import { OperatedSystem } from '../operated-system.test.helper';
import { runCommand } from '../run-command.test.helper';

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

const forget = (...args: string[]) => runCommand(['forget', ...args], system.env);
const publish = (subject: Subject, id: string, event: object) =>
  system.broker.publish(subject, JSON.stringify({ id, ...event }), { aggregate: id });
const fields = (version: number, price: number) => ({ version, title: 'by hand', price, userId: 'mallory' });
const replicaOf = async (id: string) =>
  (await system.databases.orders.collection('tickets').find().toArray()).find(({ _id }) => String(_id) === id);
const kinds = async (settleMs = 0) => {
  const { disagreements } = await auditUntilQuiet(system.auditOptions, { settleMs });
  return disagreements.map(({ kind, aggregateId }) => `${kind} ${aggregateId}`);
};

test('what was published by hand is listed, then forgotten; a rebuild and the audit leave it out', async () => {
  expect(await forget()).toMatchObject({ code: 0, stdout: 'Nothing is to be forgotten.\n' });
  const ghost = newId();
  await publish('ticket:created', ghost, fields(0, 5));
  await waitFor(() => replicaOf(ghost), { timeoutMs: 60_000 });
  const refused = await forget('--all', '--yes'); // everything seems to be a ghost where the database is another one
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Are these the right databases?') });
  expect(await replicaOf(ghost)).toMatchObject({ version: 0, price: 5 });

  const [good, poisoned] = [await system.sell('good'), await system.sell('poisoned')];
  await system.order(good);
  await waitFor(async () => (await kinds()).every((kind) => kind.endsWith(ghost)), { timeoutMs: 60_000 });

  // A ghost with an order, and a state that the owner never had: past the gap patience the replica takes it.
  const order = newId();
  await publish('ticket:updated', ghost, { ...fields(1, 6), meta: newMeta() });
  await publish('order:created', order, {
    ...{ version: 0, status: 'created', userId: 'mallory', expiresAt: new Date().toISOString(), reservation: 1 },
    ticket: { id: ghost, price: 6 },
  });
  await publish('ticket:updated', poisoned, fields(7, 1));
  await waitFor(async () => (await replicaOf(poisoned))?.['version'] === 7, { timeoutMs: 60_000, what: 'the gap' });
  await waitFor(async () => (await kinds()).some((kind) => kind.startsWith('dead-letter')), { timeoutMs: 60_000 });
  await system.edit(poisoned, 'edited', 21);
  await waitFor(async () => !/outbox|parked/.test((await kinds()).join()), {
    timeoutMs: 60_000,
    what: 'no event on its way',
  });
  const before = await kinds();

  const listed = await forget();
  expect(listed).toMatchObject({ code: 1, stderr: '' });
  expect(listed.stdout).toMatch(
    new RegExp(`^${ghost} +nobody +ticket:created \\d+ \\(version 0\\), ticket:updated`, 'm'),
  );
  expect(listed.stdout).toMatch(new RegExp(`^${order} +nobody +order:created \\d+ .* 1 dead letters are dropped`, 'm'));
  expect(listed.stdout).toMatch(
    new RegExp(`^${poisoned} +ticket at version 1 +ticket:updated \\d+ \\(version 7\\)`, 'm'),
  );
  expect(listed.stdout).not.toContain(good);
  expect(listed.stdout).toContain('Nothing was changed. To forget these 4 messages of 3 aggregates:');
  expect(await kinds()).toEqual(before);

  expect(await forget('--yes', ghost)).toMatchObject({ code: 0 });
  expect(await replicaOf(ghost)).toMatchObject({ version: 1, ended: true });
  const rest = await forget('--all', '--yes', '--json');
  expect(rest).toMatchObject({ code: 0 });
  expect((rest.json() as { aggregateId: string }[]).map(({ aggregateId }) => aggregateId).sort()).toEqual(
    [order, poisoned].sort(),
  );
  expect(await replicaOf(poisoned)).toMatchObject({ version: 1, title: 'edited', price: 21 });
  expect(await kinds(20_000)).toEqual([]);
  expect(await forget()).toMatchObject({ code: 0, stdout: 'Nothing is to be forgotten.\n' });

  await system.edit(poisoned, 'again', 22);
  await system.quiet();
  expect(await runCommand(['rebuild', '--history'], system.env)).toMatchObject({ code: 0, stderr: expect.any(String) });
  expect(await replicaOf(ghost)).toBeUndefined();
  await system.quiet();
  const audited = await runCommand(['audit'], system.env);
  expect(audited).toMatchObject({ code: 0, stdout: expect.stringContaining('; 4 messages are forgotten') });
});

test('what an order by hand did to a real ticket stays, and is said', async () => {
  const ticket = await system.sell('held by hand');
  await publish('order:created', newId(), {
    ...{ version: 0, status: 'created', userId: 'mallory', expiresAt: new Date().toISOString(), reservation: 1 },
    ticket: { id: ticket, price: 20 },
  });
  await waitFor(async () => (await kinds()).includes(`reservation ${ticket}`), { timeoutMs: 60_000 });
  const { code, stdout } = await forget();
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^This stays: ticket \w+: its reserv/m) });
});

test('wrong use, and an aggregate that is as its owner says, change nothing', async () => {
  expect(await forget('--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('or --all') });
  expect(await forget('--all', newId())).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') });
  const id = await system.sell('untouched');
  expect(await forget('--yes', id)).toMatchObject({ code: 1, stderr: expect.stringContaining(`Nothing of ${id}`) });
});
