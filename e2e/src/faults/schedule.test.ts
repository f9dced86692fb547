import { FAULT_KINDS, type Fault, HIT_NODES, makeSchedule, SHORT } from './schedule';

const SEEDS = Array.from({ length: 300 }, (_, n) => n * 7_919);
const all = (seed: number) => makeSchedule({ seed, loadMs: 75_000 }).tracks.flat();
const endOf = (fault: Fault) => fault.at + fault.forMs + (fault.kind === 'store-lost' ? fault.reEmitAfterMs : 0);

test('the same seed makes the same schedule, another seed another one', () => {
  const of = (seed: number) => JSON.stringify(makeSchedule({ seed, loadMs: 75_000 }));
  expect(SEEDS.map(of)).toEqual(SEEDS.map(of));
  expect(new Set(SEEDS.map(of)).size).toBe(SEEDS.length);
});

test('every kind of fault is in every schedule, however short', () => {
  for (const seed of SEEDS) {
    expect(new Set(all(seed).map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    const short = makeSchedule({ seed, loadMs: 0, durations: SHORT }).tracks.flat();
    expect(short.map(({ kind }) => kind).sort()).toEqual([...FAULT_KINDS].sort());
  }
});

test('at any time at most one server, one process and one wire is at fault: a re-emission finds both servers', () => {
  const overlaps = (faults: readonly Fault[]) =>
    faults.flatMap((fault, n) => faults.slice(n + 1).filter((later) => later.at < endOf(fault)));
  for (const seed of SEEDS) {
    const { tracks } = makeSchedule({ seed, loadMs: 75_000 });
    expect(tracks.flatMap(overlaps)).toEqual([]);
    expect(tracks.map((faults) => [...new Set(faults.map(({ kind }) => kind))].sort())).toEqual([
      ['mongo-killed', 'nats-away', 'nats-killed', 'store-lost'],
      ['process-paused', 'service-killed'],
      ['connections-cut', 'connections-delayed'],
    ]);
  }
});

test('more faults follow as long as there is time, and the load goes on after the last one', () => {
  for (const seed of SEEDS) {
    const { tracks } = makeSchedule({ seed, loadMs: 200_000 });
    expect(tracks.every((faults) => faults.length > 4)).toBe(true);
    for (const fault of tracks.flat()) expect(endOf(fault)).toBeLessThan(200_000);
  }
});

test('over many seeds each process is hit, each way to cut and to kill is taken, and some pauses outlive a client', () => {
  const faults = SEEDS.flatMap(all);
  const facts = (name: string) => new Set(faults.flatMap((fault) => (name in fault ? Object(fault)[name] : [])));
  expect(facts('slot').size).toBe(4);
  expect(facts('how').size).toBe(2);
  expect(facts('handsFull').size).toBe(2);
  const pauses = faults.filter(({ kind }) => kind === 'process-paused').map(({ forMs }) => forMs);
  expect(Math.min(...pauses)).toBeGreaterThan(2_000);
  expect(pauses.some((forMs) => forMs > 15_000)).toBe(true);
});

test('of three servers the leader is hit, another one, or both; a lost store is that of all', () => {
  const onThree = SEEDS.flatMap((seed) => makeSchedule({ seed, loadMs: 75_000, nodes: 3 }).tracks.flat());
  const hits = (...kinds: string[]) =>
    new Set(
      onThree.filter(({ kind }) => kinds.includes(kind)).map((fault) => ('nodes' in fault ? fault.nodes : 'all')),
    );
  expect(hits('nats-killed')).toEqual(new Set(HIT_NODES));
  expect(hits('nats-away')).toEqual(new Set(HIT_NODES));
  expect(hits('store-lost', 'mongo-killed')).toEqual(new Set(['all']));
  expect(SEEDS.flatMap(all).filter((fault) => 'nodes' in fault)).toEqual([]);
});

test('only the kinds that are asked for', () => {
  const { tracks } = makeSchedule({ seed: 1, loadMs: 60_000, kinds: ['mongo-killed'] });
  expect(new Set(tracks.flat().map(({ kind }) => kind))).toEqual(new Set(['mongo-killed']));
  expect(() => makeSchedule({ seed: 1, loadMs: 60_000, kinds: [] })).toThrow('at least one kind');
});
