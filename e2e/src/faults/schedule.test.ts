import { FAULT_KINDS, type Fault, makeSchedule, SHORT } from './schedule';

const SEEDS = Array.from({ length: 300 }, (_, n) => n * 7_919);
const all = (seed: number) => {
  const { servers, processes } = makeSchedule({ seed, loadMs: 75_000 });
  return [...servers, ...processes];
};
const endOf = (fault: Fault) => fault.at + fault.forMs + (fault.kind === 'store-lost' ? fault.reEmitAfterMs : 0);

test('the same seed makes the same schedule, another seed another one', () => {
  const of = (seed: number) => JSON.stringify(makeSchedule({ seed, loadMs: 75_000 }));
  expect(SEEDS.map(of)).toEqual(SEEDS.map(of));
  expect(new Set(SEEDS.map(of)).size).toBe(SEEDS.length);
});

test('every kind of fault is in every schedule, however short', () => {
  for (const seed of SEEDS) {
    expect(new Set(all(seed).map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    const { servers, processes } = makeSchedule({ seed, loadMs: 0, durations: SHORT });
    expect([...servers, ...processes].map(({ kind }) => kind).sort()).toEqual([...FAULT_KINDS].sort());
  }
});

test('at any time at most one server and one process is at fault: a re-emission finds both servers', () => {
  const overlaps = (faults: readonly Fault[]) =>
    faults.flatMap((fault, n) => faults.slice(n + 1).filter((later) => later.at < endOf(fault)));
  for (const seed of SEEDS) {
    const { servers, processes } = makeSchedule({ seed, loadMs: 75_000 });
    expect([...overlaps(servers), ...overlaps(processes)]).toEqual([]);
    expect(servers.filter((fault) => 'slot' in fault)).toEqual([]);
    expect(processes.filter((fault) => !('slot' in fault))).toEqual([]);
  }
});

test('more faults follow as long as there is time, and the load goes on after the last one', () => {
  const long = SEEDS.map((seed) => makeSchedule({ seed, loadMs: 200_000 }));
  for (const { servers, processes } of long) {
    expect(servers.length + processes.length).toBeGreaterThan(FAULT_KINDS.length);
    for (const fault of [...servers, ...processes]) expect(endOf(fault)).toBeLessThan(200_000);
  }
});

test('over many seeds each process is hit, both ways to cut are taken, and some pauses outlive a client', () => {
  const faults = SEEDS.flatMap(all);
  const facts = (name: string) => new Set(faults.flatMap((fault) => (name in fault ? Object(fault)[name] : [])));
  expect(facts('slot').size).toBe(4);
  expect(facts('how').size).toBe(2);
  const pauses = faults.filter(({ kind }) => kind === 'process-paused').map(({ forMs }) => forMs);
  expect(Math.min(...pauses)).toBeGreaterThan(2_000);
  expect(pauses.some((forMs) => forMs > 15_000)).toBe(true);
});

test('only the kinds that are asked for', () => {
  const { servers, processes } = makeSchedule({ seed: 1, loadMs: 60_000, kinds: ['mongo-killed'] });
  expect(new Set(servers.map(({ kind }) => kind))).toEqual(new Set(['mongo-killed']));
  expect(processes).toEqual([]);
  expect(() => makeSchedule({ seed: 1, loadMs: 60_000, kinds: [] })).toThrow('at least one kind');
});
