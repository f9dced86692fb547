import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TestBed, testServers, waitFor } from '@ticketing/testing';
import { type Owner, pendingCount, startOwner, type StoredThing } from './owner.test.helper';
import type { OwnerProgram } from './owner.test.program';

const program = join(__dirname, '../../dist/outbox/owner.test.program.js');

let bed: TestBed;
const children: ChildProcess[] = [];
const owners: Owner[] = [];
beforeEach(async () => {
  bed = await TestBed.open();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(owners.splice(0).map((owner) => owner.close()));
  await bed.close();
});

const places = () => ({ databaseUri: bed.databaseUri, channelPrefix: bed.channelPrefix });

function run(options: Pick<OwnerProgram, 'things' | 'dies'>): ChildProcess {
  const told: OwnerProgram = { ...places(), ...options };
  const child = spawn(process.execPath, [program, JSON.stringify(told)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

async function saved(child: ChildProcess): Promise<void> {
  let said = '';
  child.stdout?.on('data', (text) => (said += String(text)));
  await waitFor(() => said.includes('saved'), { timeoutMs: 30_000, what: 'a process that saved its things' });
}

async function restart(): Promise<Owner> {
  const owner = await startOwner(places());
  owners.push(owner);
  return owner;
}

const things = () => bed.connection.collection<StoredThing>('things').find().toArray();

test('killed between save and publish: the event was not published, and is after the restart', async () => {
  const events = bed.events('ticket:created');
  await killed(run({ things: 1, dies: 'before-publish' }));
  const [thing, ...others] = await things();
  expect(others).toEqual([]);
  expect(thing).toMatchObject({ version: 0, outbox: [{ subject: 'ticket:created' }] });
  expect(events).toHaveLength(0);

  const { model } = await restart();
  await waitFor(() => events.length === 1);
  expect(events[0]).toEqual(thing?.outbox[0]?.event);
  await waitFor(async () => (await pendingCount(model)) === 0);
});

test('killed between publish and removal: the same event is published again, and the outbox is empty in the end', async () => {
  const events = bed.events('ticket:created');
  await killed(run({ things: 1, dies: 'after-publish' }));
  await waitFor(() => events.length === 1);
  const [thing] = await things();
  expect(thing).toMatchObject({ version: 0, outbox: { length: 1 } });

  const { model } = await restart();
  // JetStream drops the second copy, by the event's id.
  const copies = testServers().engine === 'jetstream' ? 1 : 2;
  await waitFor(() => events.length === copies);
  expect(events).toEqual(Array.from({ length: copies }, () => events[0]));
  await waitFor(async () => (await pendingCount(model)) === 0);
  expect(events).toHaveLength(copies);
  expect(await things()).toMatchObject([{ version: 0, title: 'thing 0', outbox: [] }]);
});

test('two processes save and publish, one is killed under way: every event of every save arrives', async () => {
  const [created, updated] = [bed.events('ticket:created'), bed.events('ticket:updated')];
  const [survivor, victim] = [run({ things: 150 }), run({ things: 100_000 })];
  const ids = (events: readonly { id: string }[]) => new Set(events.map(({ id }) => id));
  await waitFor(() => ids(created).size > 150); // more than the survivor saves
  victim.kill('SIGKILL');
  await killed(victim);
  await saved(survivor);

  const { model } = await restart();
  await waitFor(async () => (await pendingCount(model)) === 0, { what: 'empty outboxes' });
  let all: Awaited<ReturnType<typeof things>> = [];
  const ofVersion = (version: number) => all.filter((thing) => thing.version >= version).map(({ _id }) => String(_id));
  await waitFor(async () => {
    all = await things();
    return ids(created).size === all.length && ids(updated).size === ofVersion(1).length;
  });
  expect([...ids(created)].sort()).toEqual(ofVersion(0).sort());
  expect([...ids(updated)].sort()).toEqual(ofVersion(1).sort());
});
