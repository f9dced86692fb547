import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor, TEST_JWT_KEY } from '@ticketing/testing';
import { OperatedSystem } from '../operated-system.test.helper';
import { runCommand } from '../run-command.test.helper';

const RE_EMIT = join(__dirname, '..', '..', '..', '..', 'services', 'tickets', 'dist', 're-emit.js');

let system: OperatedSystem;
beforeAll(async () => {
  system = await OperatedSystem.open();
});
afterAll(() => system.close());

const replicas = () => system.databases.orders.collection('tickets');
const rebuild = (...args: string[]) => runCommand(['rebuild', ...args], system.env);
const agrees = async (settleMs = 20_000) =>
  (await runCommand(['audit', '--settle', String(settleMs), '--json'], system.env)).json();

test('a corrupted replica is rebuilt while orders runs, and the audit agrees again', async () => {
  for (let n = 0; n < 3; n += 1) await system.traffic(`ticket ${n}`);
  await system.quiet();
  await replicas().updateMany({}, { $set: { title: 'corrupted', price: 1 } });
  expect(await agrees(0)).toMatchObject({ agree: false });

  const { code, stdout, stderr } = await rebuild();
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Rebuilt 3 tickets from 15 events; 0 were unreadable\.$/m),
  });
  expect(stderr.split('\n')[0]).toBe('reading the history into a fresh collection ...');
  expect(await agrees()).toMatchObject({ agree: true, compared: { tickets: 3 } });
});

test('after a lost store it is refused until the owner has re-emitted; then the audit agrees', async () => {
  await system.restartNats();
  const ticket = await system.sell('in the new store');
  await system.order(ticket);
  await waitFor(
    async () => (await replicas().findOne({ orderId: { $exists: true }, title: 'in the new store' })) !== null,
  );
  const refused = await rebuild('--json');
  expect({ ...refused, json: undefined }).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^Nothing was changed: the present replica has 3 aggregates, .* re-emit its state/m),
  });

  const env = { ...system.env, MONGO_URI: system.env['TICKETS_MONGO_URI'], JWT_KEY: TEST_JWT_KEY };
  await promisify(execFile)(process.execPath, [RE_EMIT], { env });
  await replicas().deleteMany({});
  expect((await rebuild('--json', '--re-emitted')).json()).toMatchObject({ aggregates: 4, unreadable: 0 });
  const { disagreements } = (await agrees(1_000)) as { disagreements: { kind: string }[] };
  expect(disagreements.filter(({ kind }) => kind === 'replica')).toEqual([]);
}, 90_000);
