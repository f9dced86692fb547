import { openUntil } from '@ticketing/testing';
import mongoose from 'mongoose';
import { failuresOf } from '../report/check';
import { disturb } from '../story/faults';
import { runJudged, runLab } from './lab';
import { openPatientServers, openTestServers } from './run.test.helper';
import { quietSchedule } from '../story/schedule';
import type { LabServers } from './servers';
import { stall } from './stall';
import { makeStory } from '../story/story';
import { strategies } from '../strategies';
import { lookUpPrevious } from '../strategies/look-up-previous';
import { naive } from '../strategies/naive';
import type { Strategy } from '../strategies/strategy';
import { versioned } from '../strategies/versioned';

let servers: LabServers;
beforeAll(async () => {
  servers = await openTestServers();
});
afterAll(() => servers.close());

const open = openUntil(afterEach);
const openPatient = async () => open(await openPatientServers(), (opened) => opened.close());
const say = () => undefined;

function disturbed(strategy: Strategy, seed: number, on = servers) {
  const story = makeStory(seed, 5, 8);
  return runJudged({ servers: on, story, strategy, schedule: disturb(story, seed) });
}

test.each([101, 102, 103])('seed %i: the versioned listener has no anomaly, the naive one has some', async (seed) => {
  const right = await disturbed(versioned, seed);
  expect(right.judgement).toMatchObject({ total: 0, endedRight: 5 });
  const wrong = await disturbed(naive, seed);
  expect(wrong.judgement.total).toBeGreaterThan(0);
  for (const { disorder, record } of [right, wrong]) {
    expect(disorder.reordered).toBeGreaterThan(0);
    expect(disorder.duplicated).toBeGreaterThan(0);
    expect(disorder.redelivered).toBeGreaterThan(0);
    expect(record.history.crashes).toHaveLength(1);
    expect(new Set(record.history.deliveries.map(({ member }) => member)).size).toBeGreaterThan(1);
  }
});

test.each(['sequence-numbers', 'store-and-sort'])('%s has no anomaly either', async (name) => {
  const [strategy] = strategies.filter((one) => one.name === name);
  if (!strategy) throw new Error(name);
  expect((await disturbed(strategy, 105, await openPatient())).judgement).toMatchObject({ total: 0, endedRight: 5 });
});

test('a schedule without faults is found too weak', async () => {
  const options = { seed: 1, aggregates: 2, events: 3, strategies: [naive] };
  const result = await runLab(options, { servers, say, disturb: quietSchedule });
  const failures = failuresOf(result);
  for (const what of ['was reordered', 'was duplicated', 'was redelivered', 'naive has no anomaly']) {
    expect(failures).toContainEqual(expect.stringMatching(`^too weak: .*${what}`));
  }
});

test('a gap longer than maxInFlight stalls "look up version - 1" and not the versioned listener', async () => {
  const [lookUp, listener] = await stall([lookUpPrevious, versioned], 1, { servers: await openPatient(), say });
  expect(lookUp).toMatchObject({ stalled: true, predecessors: 0 });
  expect(lookUp?.redelivered).toBeGreaterThanOrEqual(2 * (lookUp?.maxInFlight ?? Infinity));
  expect(listener).toMatchObject({ stalled: false, predecessors: 12, redelivered: 0 });
});

test('an interrupted run ends soon, and leaves nothing in the database', async () => {
  const options = { seed: 1, aggregates: 5, events: 8, strategies: [lookUpPrevious] };
  const signal = AbortSignal.timeout(1_500);
  const began = Date.now();
  await expect(runLab(options, { servers, say, signal })).rejects.toThrow(/abort/i);
  expect(Date.now() - began).toBeLessThan(20_000);
  const connection = await mongoose.createConnection(servers.mongoUrl).asPromise();
  expect(await connection.listCollections()).toEqual([]);
  await connection.close();
});
