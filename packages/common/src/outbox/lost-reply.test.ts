import { startTcpProxy, type TcpProxy, testServers, waitFor, TestBed } from '@ticketing/testing';
import { DATABASE_WAITS } from '../runtime/policies';
import { WriteUnknownError } from './errors';
import { insertAggregate } from './insert-aggregate';
import { newThing, type Owner, pendingCount, startOwner, stored } from './owner.test.helper';
import { saveAggregate } from './save-aggregate';
import { updateAggregate } from './update-aggregate';

let bed: TestBed;
let proxy: TcpProxy;
/** Reaches MongoDB through the proxy. */
let owner: Owner;
beforeEach(async () => {
  bed = await TestBed.open();
  const { mongoUrl } = testServers();
  proxy = await startTcpProxy(mongoUrl);
  const through = new URL(bed.databaseUri);
  through.port = String(proxy.port);
  owner = await startOwner({ databaseUri: through.href, channelPrefix: bed.channelPrefix, sweepMs: 60_000 });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await owner.close();
  await proxy.close();
  await bed.close();
});

/** So that a process that is held up still finds what it wrote. */
function lookForLong(): void {
  const policy: { lostReplyMs: number } = DATABASE_WAITS;
  jest.replaceProperty(policy, 'lostReplyMs', 30_000);
}

const aWriteOf = (title: string) => (request: Buffer) => request.includes(title);

const inserts = {
  insertAggregate: () => insertAggregate(owner.model, { title: 'lost and found', price: 10 }, 'ticket:created'),
  'a save of a new document': () => saveAggregate(newThing(owner.model, 'lost and found')),
};

test.each(Object.entries(inserts))('%s whose reply was lost succeeds, once, and publishes', async (_, insert) => {
  lookForLong();
  const events = bed.events('ticket:created');
  const lost = proxy.loseReplyTo(aWriteOf('lost and found'));
  const saved = await insert();
  await lost;
  expect(saved).toMatchObject({ version: 0, title: 'lost and found' });
  expect(await owner.model.countDocuments()).toBe(1);
  await waitFor(() => events.length === 1);
  expect(events[0]?.id).toBe(String(saved._id));
});

test('an update whose reply was lost answers success, happened once, and its event is published', async () => {
  lookForLong();
  const events = bed.events('ticket:updated');
  const thing = await saveAggregate(newThing(owner.model));
  const lost = proxy.loseReplyTo(aWriteOf('lost update'));
  const edited = await updateAggregate(owner.model, thing._id, (found) => {
    found.set({ title: 'lost update', price: found.price + 1 });
    return 'ticket:updated';
  });
  await lost;
  expect(edited).toMatchObject({ saved: true, document: { version: 1, price: 11 } });
  expect(await stored(owner.model, thing._id)).toMatchObject({ version: 1, price: 11 });
  await waitFor(() => events.length === 1);
  await waitFor(async () => (await pendingCount(owner.model)) === 0);
  expect(events[0]).toMatchObject({ version: 1, title: 'lost update', price: 11 });
});

test('when the database stays away the answer is that it is not known, within seconds', async () => {
  const thing = await saveAggregate(newThing(owner.model));
  thing.set('title', 'lost for good').record('ticket:updated');
  const started = Date.now();
  const lost = proxy.loseReplyTo(aWriteOf('lost for good')).then(() => (proxy.refuse = true));
  const refusal = await saveAggregate(thing).catch((error: unknown) => error);
  await lost;
  expect(refusal).toBeInstanceOf(WriteUnknownError);
  expect(refusal).toMatchObject({ kind: 'unavailable', aggregateId: String(thing._id) });
  expect(Date.now() - started).toBeLessThan(20_000);
  proxy.refuse = false;
  const found = await waitFor(() => stored(owner.model, thing._id));
  expect([found.title, found.version, found.outbox.at(-1)?.event.version]).toEqual(['lost for good', 1, 1]);
});

test('a write that did not reach the database is not taken for one that did', async () => {
  const thing = await saveAggregate(newThing(owner.model));
  thing.set('title', 'never there').record('ticket:updated');
  proxy.cut();
  const outcome = await saveAggregate(thing).then(
    () => 'saved',
    (error: unknown) => (error as Error).name,
  );
  const { title, version } = await stored(owner.model, thing._id);
  expect([outcome, title, version]).toEqual(
    outcome === 'saved' ? ['saved', 'never there', 1] : ['WriteUnknownError', 'title', 0],
  );
});
