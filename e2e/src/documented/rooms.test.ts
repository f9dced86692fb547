import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
/** Of a room with more files than this a reader sees no plan. */
const MOST = 15;

/** Files that git knows or would take, without those that are deleted and not committed yet. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.includes('/src/') && existsSync(join(ROOT, file)));

test('no room has more than 15 source files; tests and their helpers lie beside them', () => {
  const rooms = new Map<string, number>();
  for (const file of files.filter((one) => !/\.test\.|\.helper\.ts$/.test(one))) {
    rooms.set(dirname(file), (rooms.get(dirname(file)) ?? 0) + 1);
  }
  expect(rooms.size).toBeGreaterThan(40);
  expect([...rooms].filter(([, count]) => count > MOST)).toEqual([]);
});

test('nothing but index.ts is at the root of packages/common/src', () => {
  const atRoot = files.filter((file) => dirname(file) === 'packages/common/src');
  expect(atRoot).toEqual(['packages/common/src/index.ts']);
});
