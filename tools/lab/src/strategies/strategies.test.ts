import { runJudged } from '../run/lab';
import { quietSchedule } from '../story/schedule';
import type { LabServers } from '../run/servers';
import { openPatientServers } from '../run/run.test.helper';
import { keyOf, makeStory } from '../story/story';
import { strategies } from '.';
import { naive } from './naive';

let servers: LabServers;
beforeAll(async () => {
  servers = await openPatientServers();
});
afterAll(() => servers.close());

const story = makeStory(1, 4, 5);

test.each(
  strategies.filter(({ name }) => ['naive', 'one-per-key'].includes(name)).map((one) => [one.name, one] as const),
)('%s passes it also when the machine stands still for longer than the shortest ack wait', async (_name, strategy) => {
  const paused = story.events.slice(0, 1).map((event) => [keyOf(event), [1_500, 1_500]] as const);
  const schedule = { ...quietSchedule(story), handlingMs: new Map(paused) };
  const { judgement, disorder } = await runJudged({ servers, story, strategy, schedule });
  expect({ ...judgement, ...disorder }).toMatchObject({ total: 0, redelivered: 0, endedRight: 4 });
});

test('naive passes it also when the process stands still', async () => {
  let standsStill = true;
  const handlingMs = new Map<string, readonly [number, number]>();
  handlingMs.get = () => {
    for (const until = Date.now() + 2_500; standsStill && Date.now() < until;);
    standsStill = false;
    return undefined;
  };
  const { judgement } = await runJudged({
    ...{ servers, story, strategy: naive, schedule: { ...quietSchedule(story), handlingMs } },
  });
  expect(judgement).toMatchObject({ total: 0, endedRight: 4 });
});

test.each(strategies.map((strategy) => [strategy.name, strategy] as const))(
  '%s passes the undisturbed schedule',
  async (_name, strategy) => {
    const { judgement, disorder, record } = await runJudged({
      ...{ servers, story, strategy, schedule: quietSchedule(story) },
    });
    expect(judgement).toMatchObject({ total: 0, skipped: [], endedRight: 4 });
    expect(disorder).toMatchObject({ reordered: 0, duplicated: 0 });
    expect(record.history.deliveries.length).toBeGreaterThanOrEqual(20);
  },
);
