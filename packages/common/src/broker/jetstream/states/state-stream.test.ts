import { asOperator, seededRandom, uniqueName, waitFor } from '@ticketing/testing';
import type { Broker } from '../../port';
import { statesOf } from '../../create-broker';
import { IN_TIME, inField } from '../field.test.helper';
import type { AggregateState, StateStream } from './state-stream';

jest.setTimeout(180_000);

const VERSIONS = 10;
/** For hundreds of writes at once, each of which the server syncs: on a machine under load the last answers come late. */
const MANY = IN_TIME;

function state(id: string, version: number): AggregateState {
  const place = { channel: version === 0 ? 'thing:created' : 'thing:updated', sequence: version + 1, storedAt: 1 };
  return { ...place, id, version, payload: JSON.stringify({ id, version, title: `at version ${version}` }) };
}

function statesIn(broker: Broker, aggregate = 'thing'): StateStream {
  const states = statesOf(broker, aggregate);
  if (!states) throw new Error('this engine keeps no states');
  return states;
}

async function versionsIn(states: StateStream): Promise<Record<string, number>> {
  const versions: Record<string, number> = {};
  for await (const { id, version } of states.read()) versions[id] = version;
  return versions;
}

const all = (ids: readonly string[], version: number) => Object.fromEntries(ids.map((id) => [id, version]));

test(
  'two writers that race, with versions in any order: the newest one of each aggregate stays',
  inField(async (field) => {
    const { url } = await field.server();
    const ids = Array.from({ length: 50 }, () => uniqueName());
    const write = async (seed: number) => {
      const states = statesIn(await field.connected(url, MANY));
      await states.need();
      const random = seededRandom(seed);
      await Promise.all(ids.flatMap((id) => random.shuffled(numbered(id)).map((one) => states.put(one))));
      return states;
    };
    const [states] = await Promise.all([write(1), write(2)]);
    expect(await versionsIn(states)).toEqual(all(ids, VERSIONS - 1));
  }),
);

const numbered = (id: string) => Array.from({ length: VERSIONS }, (_, version) => state(id, version));

test(
  'a state is the event as it was, with its place; an older or equal one changes nothing',
  inField(async (field) => {
    const { url } = await field.server();
    const states = statesIn(await field.connected(url));
    await states.need();
    const [id, other] = ['with.dots and *', '_'];
    const wanted = { ...state(id, 3), payload: '{"title":"Ä","price":1.5}', store: 'the store' };
    expect(await states.put(state(id, 1))).toBe('first');
    expect(await states.put(wanted)).toBe('newer');
    expect(await states.put(state(id, 3))).toBe('seen');
    expect(await states.put(state(id, 2))).toBe('seen');
    expect(await states.put(state(other, 0))).toBe('first');
    const read: AggregateState[] = [];
    for await (const one of states.read()) read.push(one);
    expect(read).toEqual([wanted, state(other, 0)]);
  }),
);

test(
  'how far the states reach is known only while they are in the stream that it was said of',
  inField(async (field) => {
    const { url } = await field.server();
    const states = statesIn(await field.connected(url, MANY));
    const stream = { name: 'ticketing-thing-states', subject: 'ticketing.thing' };
    expect(await states.reached()).toBeUndefined();
    expect(await versionsIn(states)).toEqual({});
    const made = await states.need();
    expect(await states.need()).toBe(made);
    const ids = Array.from({ length: 600 }, () => uniqueName());
    await Promise.all(ids.map((id) => states.put(state(id, 0))));
    expect(await states.reached()).toBeUndefined();
    const reach = { positions: { 'thing:created': { sequence: 600, storedAt: 1 } }, states: 600, stream: made };
    await states.reach(reach);
    await Promise.all(ids.map((id) => states.put(state(id, 1))));
    expect(await states.reached()).toEqual(reach);
    expect(await versionsIn(states)).toEqual(all(ids, 1));

    const purge = (filter: string) => asOperator(url, (manager) => manager.streams.purge(stream.name, { filter }));
    await purge(`${stream.subject}.${ids[0]}`);
    expect(await states.reached()).toBeUndefined();
    await states.put(state(ids[0] ?? '', 1));
    expect(await states.reached()).toEqual(reach);

    await asOperator(url, (manager) => manager.streams.delete(stream.name));
    expect(await states.reached()).toBeUndefined();
    await states.need();
    await Promise.all(ids.map((id) => states.put(state(id, 1))));
    await states.reach(reach); // by a writer that did not see that the stream is another one
    expect(await states.reached()).toBeUndefined();
  }),
);

test(
  'a stream of somebody else is refused, and so is a message that is no state',
  inField(async (field) => {
    const { url } = await field.server();
    const broker = await field.connected(url);
    const foreign = { name: 'ticketing-other-states', subjects: ['ticketing.other.*'] };
    await asOperator(url, (manager) => manager.streams.add(foreign));
    await expect(statesIn(broker, 'other').need()).rejects.toThrow('keeps no states: another one has its name');
    const states = statesIn(broker);
    await states.need();
    await asOperator(url, (manager) => manager.jetstream().publish('ticketing.thing.1', '{"title":"x"}'));
    await expect(states.put(state('1', 0))).rejects.toThrow('has a message that is no state');
    await expect(versionsIn(states)).rejects.toThrow('has a message that is no state');
  }),
);

test(
  'a server that dies while the states are read is an error, and no end of them',
  inField(async (field) => {
    const server = await field.server();
    const broker = await field.connected(server.url, MANY);
    const states = statesIn(broker);
    await states.need();
    const ids = Array.from({ length: 600 }, () => uniqueName());
    await Promise.all(ids.map((id) => states.put(state(id, 0))));
    let read = 0;
    const reading = async () => {
      for await (const { version } of states.read()) if ((read += 1 + version) === 10) await server.down();
    };
    await expect(reading()).rejects.toThrow(/not connected|no messages|no answer/i);
    await server.up();
    await waitFor(async () => Object.keys(await versionsIn(states)).length === 600, { ...IN_TIME, what: 'all states' });
  }),
);
