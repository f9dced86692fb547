import { type Restartable, restartableBroker } from '@ticketing/servers';
import { testServers, waitFor, TestBed } from '@ticketing/testing';
import { awakeDuring } from '../runtime/awake.test.helper';
import { OUTBOX } from '../runtime/policies';
import { newThing, type Owner, pendingCount, startOwner } from './owner.test.helper';
import { updateAggregate } from './update-aggregate';

let nats: Restartable;
let bed: TestBed;
let owners: Owner[] = [];
beforeAll(async () => {
  nats = await restartableBroker();
});
afterAll(() => nats.remove());
beforeEach(async () => {
  await nats.up();
  const servers = { ...testServers(), natsUrl: nats.url, natsClusterId: 'ticketing' };
  bed = await TestBed.open(servers);
  const { databaseUri, channelPrefix } = bed;
  owners = await Promise.all([1, 2].map(() => startOwner({ databaseUri, channelPrefix, servers, sweepMs: 300 })));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(owners.map((owner) => owner.close()));
  await bed.close();
});

test('while NATS is away saves succeed and their events wait; after it is back all are published', async () => {
  const [owner] = owners as [Owner];
  const [created, updated] = [bed.events('ticket:created'), bed.events('ticket:updated')];
  await nats.down();
  await waitFor(() => owners.every(({ broker }) => !broker.isConnected()));
  const ids: string[] = [];
  const saveAndEdit = async (_: unknown, at: number) => {
    const { model } = owners[at % 2] as Owner;
    const thing = newThing(model);
    await thing.save();
    await updateAggregate(model, thing._id, () => 'ticket:updated');
    ids.push(String(thing._id));
  };
  const took = await awakeDuring(() => Promise.all(Array.from({ length: 100 }, saveAndEdit)));
  expect(took).toBeLessThan(7_000); // a publish would be waited for 8 s
  expect(await pendingCount(owner.model)).toBe(200);

  await nats.up();
  await waitFor(async () => (await pendingCount(owner.model)) === 0, { timeoutMs: 60_000, what: 'empty outboxes' });
  const idsOf = (events: readonly { id: string }[]) => new Set(events.map(({ id }) => id));
  await waitFor(() => idsOf(created).size === 100 && idsOf(updated).size === 100);
  expect([...idsOf(created)].sort()).toEqual([...ids].sort());
  expect([...idsOf(updated)].sort()).toEqual([...ids].sort());
});

test('a save while NATS hangs does not wait for it, and its event is published when it goes on', async () => {
  const [{ model }] = owners as [Owner];
  const events = bed.events('ticket:created');
  await nats.signal('SIGSTOP');
  expect(await awakeDuring(() => newThing(model).save())).toBeLessThan(7_000); // a publish would be waited for 8 s
  expect(await pendingCount(model)).toBe(1);
  await nats.signal('SIGCONT');
  await waitFor(async () => (await pendingCount(model)) === 0, { timeoutMs: 60_000 });
  await waitFor(() => events.length > 0);
});

test('after an outage the sweep also takes what was saved just before its end', async () => {
  const [owner] = owners as [Owner];
  const policy: { sweepMinAgeMs: number } = OUTBOX;
  jest.replaceProperty(policy, 'sweepMinAgeMs', 600_000);
  const looks = owners.map(({ broker }) => jest.spyOn(broker, 'isConnected'));
  const looked = async (found: boolean) => {
    for (const look of looks) look.mockClear();
    const is = ({ mock }: (typeof looks)[number]) => mock.results.some(({ value }) => value === found);
    await waitFor(() => looks.every(is), { what: `a sweep of each that finds a connection: ${found}` });
  };
  await looked(true);
  await nats.down();
  await looked(false);
  await newThing(owner.model).save();
  await looked(false);
  await nats.up();
  await waitFor(async () => (await pendingCount(owner.model)) === 0, { timeoutMs: 60_000, what: 'empty outboxes' });
});
