import { cleanUpFixtures, temporaryDir } from '../../testing/test-fixtures';
import { leaveOrphans } from '../../testing/orphan';
import { killedWith, numbered, publishAll, readAgain, startedPlainly } from './store.test.helper';

afterEach(cleanUpFixtures);

test('what was acked is read behind a message that a kill left without its index', async () => {
  const dataDir = temporaryDir();
  await killedWith(dataDir, numbered(1, 5));
  leaveOrphans(dataDir);
  const plain = await startedPlainly(dataDir);
  await publishAll(plain, numbered(6, 8));
  await plain.kill();
  expect(await readAgain(dataDir, 8)).toEqual(numbered(1, 8));
  // The server's own default, which must hide message 6; otherwise this test proves nothing.
  expect((await readAgain(dataDir, 8, ['--file_read_buffer_size=2MB']))[5]).toBe(numbered(5, 5)[0]);
});
