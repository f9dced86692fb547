import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, ModuleResolutionKind, resolveModuleName, sys } from 'typescript';

const packageDir = join(__dirname, '../..');
const { exports: named } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
  exports: Readonly<Record<string, { types: string; default: string }>>;
};
const entries = Object.entries(named).filter(([entry]) => entry !== './package.json');

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ticketing-entries-')));
  mkdirSync(join(folder, 'node_modules', '@ticketing'), { recursive: true });
  symlinkSync(packageDir, join(folder, 'node_modules', '@ticketing', 'common'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// That a program compiles with them is in package-entries.long.test.ts.
test.each([
  ['node10', { module: ModuleKind.CommonJS, moduleResolution: ModuleResolutionKind.Node10 }],
  ['node16', { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 }],
  ['bundler', { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler }],
])('the types of every entry are found by moduleResolution %s', (_, options) => {
  expect(entries.length).toBeGreaterThan(5);
  const found = entries.map(([entry]) => {
    const name = entry.replace('.', '@ticketing/common');
    return [entry, resolveModuleName(name, join(folder, 'usage.ts'), options, sys).resolvedModule?.resolvedFileName];
  });
  expect(found).toEqual(entries.map(([entry, { types }]) => [entry, join(realpathSync(packageDir), types)]));
});
