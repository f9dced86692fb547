import type { Connection } from 'mongoose';
import { ConflictError } from '../errors/kinds';
import { sleep } from '../runtime/retry';
import { testConnection, waitFor, TestBed } from '@ticketing/testing';
import { newThing, type Owner, pendingCount, startOwner, stored, type Thing, thingModel } from './owner.test.helper';
import { updateAggregate } from './update-aggregate';

let bed: TestBed;
let owners: Owner[];
const connections: Connection[] = [];
beforeEach(async () => {
  bed = await TestBed.open();
  const { databaseUri, channelPrefix } = bed;
  owners = await Promise.all([1, 2].map(() => startOwner({ databaseUri, channelPrefix })));
});
afterEach(async () => {
  await Promise.all([...owners, ...connections.splice(0)].map((opened) => opened.close()));
  await bed.close();
});

const first = (): Owner => owners[0] as Owner;

test('60 editors of one aggregate, in two processes: each has its version, no hole, nothing left in the outbox', async () => {
  const [created, updated] = [bed.events('ticket:created'), bed.events('ticket:updated')];
  const thing = newThing(first().model);
  await thing.save();
  const edits = Array.from({ length: 60 }, async (_, editor) => {
    const { model } = owners[editor % owners.length] as Owner;
    try {
      const edited = await updateAggregate(model, thing._id, (found) => {
        found.title = `${found.title},${editor}`;
        return 'ticket:updated';
      });
      return edited?.document.version;
    } catch (error) {
      expect(error).toBeInstanceOf(ConflictError);
      return undefined;
    }
  });
  const versions = (await Promise.all(edits)).filter((version) => version !== undefined).sort((a, b) => a - b);
  const count = versions.length;
  expect(count).toBeGreaterThanOrEqual(30);
  expect(versions).toEqual(Array.from({ length: count }, (_, at) => at + 1));

  await waitFor(async () => (await pendingCount(first().model)) === 0, { what: 'an empty outbox' });
  await waitFor(() => new Set(updated.map(({ meta }) => meta.id)).size === count && created.length > 0);
  const final = await stored(first().model, thing._id);
  expect(final.version).toBe(count);
  expect(final.title.split(',')).toHaveLength(count + 1);
  const distinct = new Map(updated.map((event) => [event.meta.id, event]));
  expect([...distinct.values()].map(({ version }) => version).sort((a, b) => a - b)).toEqual(versions);
  expect([...distinct.values()].find(({ version }) => version === count)?.title).toBe(final.title);
});

/** A thing that runs `beforeWrite` before each save, between the read and the write. */
async function interruptedThing(beforeWrite: (id: unknown) => Promise<unknown>) {
  const thing = newThing(first().model);
  await thing.save();
  const connection = await testConnection(bed.databaseUri);
  connections.push(connection);
  return { id: thing._id, model: thingModel(connection, beforeWrite) };
}

const priced = (more: number) => (found: Thing) => {
  found.price += more;
  return 'ticket:updated' as const;
};

test('an edit that lost a race is made again on the newer version', async () => {
  let others = 1;
  const { id, model } = await interruptedThing(async (id) => {
    if (others-- > 0) await updateAggregate(first().model, String(id), priced(100));
  });
  const edited = await updateAggregate(model, id, priced(1));
  expect(edited).toMatchObject({ saved: true, document: { version: 2, price: 111 } });
  expect(await stored(model, id)).toMatchObject({ version: 2, price: 111 });
});

test('16 edits at once in one process lose no race: each is tried once', async () => {
  let tries = 0;
  const { id, model } = await interruptedThing(() => {
    tries += 1;
    return Promise.resolve();
  });
  const edit = (n: number) => updateAggregate(model, id, priced(n));
  const edits = await Promise.all(Array.from({ length: 16 }, (_, n) => edit(n + 1)));
  expect(edits.map((edited) => edited?.document.version)).toEqual(Array.from({ length: 16 }, (_, n) => n + 1));
  expect(tries).toBe(16);
  expect(await stored(model, id)).toMatchObject({ version: 16, price: 10 + 136 });
});

test('an edit that hangs does not hold up the others for ever, and then finds that they were first', async () => {
  let release: () => void = () => undefined;
  const hang = [new Promise<void>((resolve) => (release = resolve))];
  const { id, model } = await interruptedThing(() => hang.shift() ?? Promise.resolve());
  const hanging = updateAggregate(model, id, priced(1));
  await waitFor(() => hang.length === 0);
  const others = await Promise.all([updateAggregate(model, id, priced(10)), updateAggregate(model, id, priced(20))]);
  expect(others.every((edited) => edited?.saved)).toBe(true);
  release();
  expect(await hanging).toMatchObject({ saved: true, document: { version: 3, price: 41 } });
});

test('an edit that always loses is given up as a conflict after 30 tries, and wrote nothing', async () => {
  let tries = 0;
  const { id, model } = await interruptedThing((_id) => {
    tries += 1;
    return first().model.collection.updateOne({ _id: _id as never }, { $inc: { version: 1 } });
  });
  const edit = updateAggregate(model, id, (found) => {
    found.title = 'mine';
    return 'ticket:updated';
  });
  await expect(edit).rejects.toBeInstanceOf(ConflictError);
  expect(tries).toBe(30);
  expect(await stored(model, id)).toMatchObject({ title: 'title', version: 30 });
});

test('a change that names no event leaves the aggregate, one that throws refuses, and no aggregate is undefined', async () => {
  const { model } = first();
  const thing = newThing(model);
  await thing.save();
  const left = await updateAggregate(model, thing._id, () => undefined);
  expect(left).toMatchObject({ saved: false, document: { version: 0 } });
  const refused = updateAggregate(model, thing._id, () => {
    throw new ConflictError('no');
  });
  await expect(refused).rejects.toThrow('no');
  expect(await updateAggregate(model, new model()._id, () => 'ticket:updated')).toBeUndefined();
  await sleep(50);
  expect(await stored(model, thing._id)).toMatchObject({ version: 0, title: 'title' });
});
