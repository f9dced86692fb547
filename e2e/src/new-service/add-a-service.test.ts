import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { serviceFiles } from '@ticketing/services/new-service';
import { apply, blocks } from './document.helper';
import { ROOT } from './scratch.helper';

const OWN = 'services/payments/';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'ticketing-payments-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A release changes the version of each package but that of the example, which is none. */
const withoutVersions = (text: string) => text.replace(/^( *"(version|@ticketing\/\w+)"): "[^"]+"/gm, '$1');

/** Every file of a folder by its path, without what a build makes. */
function filesOf(root: string): Record<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\/(dist|node_modules)(\/|$)/.test(entry.parentPath))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  return Object.fromEntries(found.map((file) => [relative(root, file), withoutVersions(readFileSync(file, 'utf8'))]));
}

test('examples/payments is what the generator and the blocks of docs/add-a-service.md make', () => {
  for (const { path, text } of serviceFiles(ROOT, { service: 'payments', thing: 'payment' })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const prettier = join(ROOT, 'node_modules/prettier/bin/prettier.cjs');
  const options = ['--write', '--log-level', 'warn', '--config', join(ROOT, '.prettierrc.json')];
  const { status, stderr } = spawnSync(process.execPath, [prettier, ...options, folder], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  for (const block of blocks()) if (block.kind !== 'commands' && block.path.startsWith(OWN)) apply(folder, block);
  expect(filesOf(join(folder, OWN))).toEqual(filesOf(join(ROOT, 'examples/payments')));
});

test('everything is built before jest looks at the whole repository, as it is not in a new clone', () => {
  const lines = blocks().flatMap((block) => (block.kind === 'commands' ? block.text.split('\n') : []));
  const first = lines.findIndex((line) => line.startsWith('npx jest'));
  expect(first).toBeGreaterThan(0);
  expect(lines.slice(0, first)).toContain('npm run build');
});

test('nothing is edited by hand outside of the folder but the one list', () => {
  const edited = blocks().flatMap((block) => (block.kind === 'commands' ? [] : [block.path]));
  const outside = edited.filter((path) => !path.startsWith(OWN));
  expect(edited.length - outside.length).toBeGreaterThan(10);
  expect([...new Set(outside)]).toEqual(['packages/services/src/services.ts']);
});
