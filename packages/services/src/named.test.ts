import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from './services';
import { writtenFiles } from './written/written';

const ROOT = join(__dirname, '..', '..', '..');

/** The files that may have the name of a service in them, and why. Everything else takes the services from the list. */
const MAY_NAME: readonly (readonly [files: RegExp, why: string])[] = [
  [/^packages\/services\/src\/services\.ts$/, 'the list'],
  [/^packages\/common\/src\/(api|events)\//, 'contracts'],
  [/^packages\/common\/src\/index\.ts$/, 'contracts: exports them'],
  [/^bench\/src\//, 'measures what it costs to sell tickets and to order them'],
  [/^tools\/lab\/src\//, 'its story is about tickets'],
  [/^tools\/console\/src\//, 'shows tickets beside their replicas and orders, and sells some'],
  [/^tools\/operate\/src\/audit\//, 'judges what becomes of tickets and orders'],
  [/^tools\/operate\/src\/forget\//, 'gives the replica of a ticket back what its owner has'],
  [/^tools\/operate\/src\/commands\/audit\.ts$/, 'says how many tickets and orders were compared'],
  [/^tools\/operate\/src\/commands\/((dead-letters\/)?\w[\w-]*)\.ts$/, 'examples in help texts'],
  [/^tools\/start\/src\/(instructions|ingress\/ingress)\.ts$/, 'examples: commands to try, and a path'],
  [/^tools\/run\/test\.mjs$/, 'the suites that run on other versions of Node'],
  [/^infra\/k8s\/test\/src\/e2e\/agreement\.helper\.ts$/, 'says how many tickets and orders were compared'],
  [/^infra\/observability\/alerts(\.test)?\.yaml$/, 'situations, which need some names'],
  [/^packages\/services\/src\/new-service\/new-files\.ts$/, 'a new service begins with a copy of orders'],
  [/^(templates|examples)\//, 'services that are not of this system: they keep copies of orders'],
  [/\.test\.(helper\.)?ts$/, 'a test needs some name; the second test here finds those that list the services'],
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)))
  .filter((file) => !/^(e2e|docs)\/|\.md$|^package-lock\.json$/.test(file))
  .filter((file) => !serviceNames.some((name) => file.startsWith(`services/${name}/`)));
const written = new Set(writtenFiles().map(({ path }) => path));
const byPeople = files.filter((file) => !written.has(file));

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const named = new RegExp(`\\b(${serviceNames.join('|')})\\b`);
const naming = byPeople.filter((file) => named.test(read(file)));

test('outside of the services only the list names one, and what is about its domain', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(naming.filter((file) => !MAY_NAME.some(([allowed]) => allowed.test(file)))).toEqual([]);
});

test.each(MAY_NAME)('%s is still the place of such a file: %s', (allowed) => {
  expect(naming.filter((file) => allowed.test(file))).not.toEqual([]);
});

test('nothing but the list lists the services', () => {
  const quoted = `['"](${serviceNames.join('|')})['"]`;
  const list = new RegExp(`${quoted}( as const)?\\s*[,|]\\s*${quoted}`);
  const about = /^(bench|tools\/lab|tools\/operate\/src\/audit|packages\/common\/src\/(api|events))\//;
  expect(byPeople.filter((file) => !about.test(file) && list.test(read(file)))).toEqual([]);
});
