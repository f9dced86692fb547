import { childrenOf, freePort, isAlive } from '@ticketing/servers';
import { serviceNames } from '@ticketing/services';
import { cleanUp, dataDir, start } from '../npm-start.test.helper';

jest.setTimeout(120_000);
afterEach(cleanUp);

test('after a kill of guard and npm start what lives on is named and refused; ended when asked, and the data is there', async () => {
  const env = { PORT: String(await freePort()), TICKETING_DATA: dataDir() };
  const first = start(env);
  const said = await first.said(/Ctrl-C stops everything/);
  const headers = {
    authorization: `Bearer ${/TOKEN=(\S+)/.exec(said)?.[1]}`,
    'content-type': 'application/json',
  };
  const tickets = `http://localhost:${env.PORT}/api/tickets`;
  const body = JSON.stringify({ title: 'Kept', price: 20 });
  expect((await fetch(tickets, { method: 'POST', headers, body })).status).toBe(201);

  const children = childrenOf(first.child.pid);
  const [guard] = children.filter(({ args }) => args.includes('guard-program'));
  const mongo = children.filter(({ args }) => args.includes(`${env.TICKETING_DATA}/mongo`));
  const services = children.filter(({ args }) => args.includes('/services/'));
  expect([children.length, mongo.length, services.length]).toEqual([
    3 + serviceNames.length, // and MongoDB, the broker and the guard
    1,
    serviceNames.length,
  ]);
  process.kill(guard?.pid ?? 0, 'SIGKILL');
  first.child.kill('SIGKILL');
  await first.exited;

  try {
    const refused = start(env);
    expect(await refused.exited).toBe(1);
    // NATS Streaming, and a service, end by themselves when they log to a pipe that has no reader any more.
    for (const { pid } of mongo) expect(refused.output()).toContain(`process ${pid}: mongo`);
    expect(refused.output()).toMatch(/^This ends them, and starts: npm start -- --end-leftovers$/m);
    expect(refused.output()).not.toContain('starting tickets');
    expect(mongo.every(({ pid }) => isAlive(pid))).toBe(true);

    const second = start(env, '--end-leftovers');
    await second.said(/Ctrl-C stops everything/);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(await (await fetch(tickets)).json()).toMatchObject([{ title: 'Kept' }]);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  } finally {
    for (const { pid } of children) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
});

test.each([
  [['--nonsense'], {}, "unknown option '--nonsense'"],
  [['tickets'], {}, 'too many arguments'],
  [[], { npm_lifecycle_event: 'start', npm_config_end_leftovers: 'true' }, 'npm run start -- --end-leftovers'],
])('%j with %j is refused before anything is started: %s', async (args, env, words) => {
  const refused = start({ TICKETING_DATA: dataDir(), ...env }, ...args);
  expect(await refused.exited).toBe(2);
  expect(refused.output()).toContain(words);
  expect(refused.output().split('\n')).toHaveLength(2);
});
