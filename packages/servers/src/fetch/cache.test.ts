import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cached, cacheDir } from './cache';
import { cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

const surroundings = () => ({ env: { TICKETING_CACHE: temporaryDir() }, log: () => undefined });

test('two at once fill a name once, and both get it', async () => {
  const where = surroundings();
  let fills = 0;
  const fill = async (dir: string) => {
    fills++;
    await sleep(100);
    writeFileSync(join(dir, 'it'), 'x');
  };
  const both = await Promise.all([cached('tool-1', where, fill), cached('tool-1', where, fill)]);
  expect(fills).toBe(1);
  expect(both).toEqual(Array(2).fill(join(where.env.TICKETING_CACHE, 'tool-1')));
  expect(readdirSync(where.env.TICKETING_CACHE)).toEqual(['tool-1']);
});

test('an incomplete folder is not in the cache, and the next attempt starts again', async () => {
  const where = surroundings();
  const broken = cached('tool-1', where, (dir) => {
    writeFileSync(join(dir, 'half'), 'x');
    return Promise.reject(new Error('interrupted'));
  });
  await expect(broken).rejects.toThrow('interrupted');
  expect(readdirSync(where.env.TICKETING_CACHE)).toEqual([]);
  const folder = await cached('tool-1', where, (dir) => Promise.resolve(writeFileSync(join(dir, 'whole'), 'x')));
  expect(readdirSync(folder)).toEqual(['whole']);
});

test('the cache is outside the source tree unless it is told otherwise', () => {
  expect(cacheDir({ HOME: '/home/me' })).toBe('/home/me/.cache/ticketing');
  expect(cacheDir({ HOME: '/home/me', XDG_CACHE_HOME: '/caches' })).toBe('/caches/ticketing');
  expect(cacheDir({ HOME: '/home/me', TICKETING_CACHE: '/here' })).toBe('/here');
});

test.each([['a file in the place of the folder', () => join(fileIn(temporaryDir()), 'ticketing')]])(
  '%s: says to set TICKETING_CACHE',
  async (_name, place) => {
    const where = { env: { TICKETING_CACHE: '', XDG_CACHE_HOME: place() }, log: () => undefined };
    const made = cached('tool-1', where, () => Promise.resolve());
    await expect(made).rejects.toThrow(
      /nothing can be kept in .*(ENOENT|ENOTDIR|EACCES).*Set TICKETING_CACHE to a folder/,
    );
  },
);

function fileIn(dir: string): string {
  writeFileSync(join(dir, 'file'), '');
  return join(dir, 'file');
}
