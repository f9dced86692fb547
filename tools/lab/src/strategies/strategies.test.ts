import { runJudged } from '../lab';
import { quietSchedule } from '../schedule';
import type { LabServers } from '../servers';
import { openTestServers } from '../run.test.helper';
import { makeStory } from '../story';
import { strategies } from '.';

let servers: LabServers;
beforeAll(async () => {
  servers = await openTestServers();
});
afterAll(() => servers.close());

const story = makeStory(1, 4, 5);

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
