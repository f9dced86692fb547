import { appendFileSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUpFixtures, temporaryDir } from '../../testing/test-fixtures';
import { startNats } from '../start-nats';
import { CHANNEL, env, killedWith, numbered, readAgain, startedPlainly } from './store.test.helper';

afterEach(cleanUpFixtures);

/** The message about a damaged store of five messages. */
async function said(damage: (store: string) => void) {
  const dataDir = temporaryDir();
  const store = await killedWith(dataDir, numbered(1, 5));
  damage(store);
  const words = await startNats({ env, dataDir }).then(
    () => 'it started',
    (error: Error) => error.message,
  );
  return { dataDir, store, words };
}

function damageAt(file: string, at: number): void {
  const content = readFileSync(file);
  content[at] = (content[at] ?? 0) ^ 0xff;
  writeFileSync(file, content);
}

test('a message that was acked and is torn: what it is, and the command that cuts it, which does', async () => {
  const { dataDir, store, words } = await said((damaged) => {
    const dat = join(damaged, CHANNEL, 'msgs.1.dat');
    truncateSync(dat, statSync(dat).size - 5);
  });
  expect(words).toContain(join(store, CHANNEL, 'msgs.*.dat'));
  expect(words).toContain(`npm run nats:server -- --dir ${dataDir} --file_truncate_bad_eof`);
  expect(words).not.toContain('[ERR]'); // nor its dump
  const cutting = await startedPlainly(dataDir, ['--file_truncate_bad_eof']);
  await cutting.kill();
  expect(await readAgain(dataDir, 4)).toEqual(numbered(1, 4));
});

test('a message that was acked and is torn is refused again at the next start, and not cut', async () => {
  const { dataDir, store } = await said((damaged) => {
    const dat = join(damaged, CHANNEL, 'msgs.1.dat');
    truncateSync(dat, statSync(dat).size - 5);
  });
  const dat = join(store, CHANNEL, 'msgs.1.dat');
  const before = readFileSync(dat);
  await expect(startNats({ env, dataDir })).rejects.toThrow('--file_truncate_bad_eof');
  expect(readFileSync(dat)).toEqual(before);
});

test('a message that is damaged: the store is to be moved away', async () => {
  const { dataDir, store, words } = await said((damaged) => {
    damageAt(join(damaged, CHANNEL, 'msgs.1.dat'), 40);
    rmSync(join(damaged, CHANNEL, 'msgs.1.idx'));
  });
  expect(words).toContain(`mv ${store} ${store}.damaged`);
  renameSync(store, `${store}.damaged`);
  expect(await readAgain(dataDir, 0)).toEqual([]);
});

/** Whole, but different from its checksum. */
const DAMAGED_RECORD = Buffer.from([5, 0, 0, 2, 1, 1, 1, 1, 1, 2, 3, 4, 5]);

test.each(['server.dat', 'clients.dat', join(CHANNEL, 'subs.dat')])(
  'a damaged %s has no message in it, and is to be moved away',
  async (name) => {
    const { dataDir, store, words } = await said((damaged) => {
      if (name === 'server.dat') damageAt(join(damaged, name), 20);
      else appendFileSync(join(damaged, name), DAMAGED_RECORD);
    });
    const file = join(store, name);
    expect(words).toContain(`mv ${file} ${file}.damaged`);
    renameSync(file, `${file}.damaged`);
    expect(await readAgain(dataDir, 5)).toEqual(numbered(1, 5));
  },
);

test('what has nothing to do with the store is said as before', async () => {
  const dataDir = temporaryDir();
  await killedWith(dataDir, numbered(1, 5));
  await expect(startNats({ env, dataDir, clusterId: 'other' })).rejects.toThrow('does not match recovered value');
});
