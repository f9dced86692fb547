import { rm } from 'node:fs/promises';
import { audit } from '@ticketing/operate';
import { FaultSystem } from './fault-system';
import { logFolder } from './one-schedule';
import { failureOf } from './report';
import { connectedBus, type Outcome, runSchedule } from './run-schedule';
import { FAULT_KINDS, makeSchedule, SHORT } from './schedule';

const SEED = Number(process.env['FAULT_SEED'] ?? 1);

let folder: string;
let system: FaultSystem;
let outcome: Outcome;

beforeAll(async () => {
  folder = await logFolder();
  system = await FaultSystem.open(folder);
});

test('a short schedule with every kind of fault: in the end everything agrees, and every promise is kept', async () => {
  const schedule = makeSchedule({ seed: SEED, loadMs: 0, durations: SHORT });
  const lines: string[] = [];
  outcome = await runSchedule(system, schedule, { folder, say: (line) => lines.push(line) });
  const { problems, happened, promises } = outcome;
  if (problems.length > 0) {
    const failure = await failureOf(outcome, system.servers);
    throw new Error([...lines, ...failure, `FAULT_SEED=${SEED} repeats the schedule. Logs: ${folder}`].join('\n'));
  }
  expect(new Set(happened.map(({ fault }) => fault.kind))).toEqual(new Set(FAULT_KINDS));
  expect(promises.length).toBeGreaterThan(100);
}, 240_000);

test('the audit disagrees when a replica is changed behind its back, or a promise is not kept', async () => {
  const replicas = system.servers.databases.orders.collection('tickets');
  const [replica] = await replicas.find().limit(1).toArray();
  const id = String(replica?._id);
  const bus = await connectedBus(system.servers);
  try {
    const what = { ...system.servers.databases, bus, promises: outcome.promises };
    const madeUp = { ...outcome.promises[0], what: 'cancelled' as const, id: 'f'.repeat(24) };
    const broken = await audit({ ...what, promises: [...outcome.promises, madeUp] });
    expect(broken.disagreements).toMatchObject([{ kind: 'promise', aggregateId: madeUp.id }]);

    await replicas.updateOne({ _id: replica?._id }, { $inc: { price: 1 } });
    expect((await audit(what)).disagreements).toMatchObject([{ kind: 'replica', aggregateId: id }]);
  } finally {
    await bus.close();
  }
});

afterAll(async () => {
  await system.close();
  expect(system.troubles).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
