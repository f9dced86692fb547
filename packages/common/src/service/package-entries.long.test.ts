import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const packageDir = join(__dirname, '../..');
const root = join(packageDir, '..', '..');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as {
  exports: Readonly<Record<string, { types: string; default: string }>>;
};
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
const nameOf = (entry: string) => entry.replace('.', '@ticketing/common');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ticketing-entries-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['node10', { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
  ['node16', { module: 'node16', moduleResolution: 'node16' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
])(
  'the types of every entry are found by moduleResolution %s',
  async (_, how) => {
    await mkdir(join(folder, 'node_modules', '@ticketing'), { recursive: true });
    await symlink(packageDir, join(folder, 'node_modules', '@ticketing', 'common'));
    const lines = entries.map(
      (entry, n) => `import * as e${n} from '${nameOf(entry)}'; export type E${n} = typeof e${n};`,
    );
    await writeFile(join(folder, 'usage.ts'), lines.join('\n'));
    const compilerOptions = { strict: true, target: 'es2023', skipLibCheck: true, noEmit: true, types: [], ...how };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['usage.ts'] }));
    expect(entries.length).toBeGreaterThan(5);
    const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error: unknown) => error);
    expect(checked).toMatchObject({ stdout: '', stderr: '' });
  },
  120_000,
);

/** The part of a fresh clone that this package needs; nothing is built. */
async function freshClone(): Promise<string> {
  const isSource = (path: string) => !/^(node_modules|dist|.*\.tsbuildinfo)$/.test(basename(path));
  for (const file of ['package.json', 'tsconfig.base.json', 'packages/common']) {
    await cp(join(root, file), join(folder, file), { recursive: true, filter: isSource });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'packages', 'common');
}

test('npm pack on a fresh clone builds first, and packs what every entry names', async () => {
  const cwd = await freshClone();
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd, env });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => `./${path}`);
  const named = entries.flatMap((entry) => Object.values(manifest.exports[entry] ?? {}));
  expect(paths).toEqual(expect.arrayContaining(named));
}, 300_000);
