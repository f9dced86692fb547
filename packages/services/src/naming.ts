import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from './services';
import { writtenFiles } from './written/written';

/** The files that may have the name of a service in them, and why. Everything else takes the services from the list. */
export const MAY_NAME: readonly (readonly [files: RegExp, why: string])[] = [
  [/^packages\/services\/src\/services\.ts$/, 'the list'],
  [/^packages\/services\/src\/naming\.ts$/, 'these reasons'],
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
  [/\.test\.(helper\.)?ts$/, 'a test needs some name; named.test.ts finds those that list the services'],
];

/**
 * The files that people write, from the root of the repository: without the services themselves, the documents and `e2e`.
 * @throws Error when the root is no repository of git
 */
export function filesByPeople(root: string): readonly string[] {
  const written = new Set(writtenFiles().map(({ path }) => path));
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(root, file)))
    .filter((file) => !/^(e2e|docs)\/|\.md$|^package-lock\.json$/.test(file))
    .filter((file) => !serviceNames.some((name) => file.startsWith(`services/${name}/`)))
    .filter((file) => !written.has(file));
}

/** Those of the files that have one of the names as a word. */
export function naming(root: string, files: readonly string[], names: readonly string[]): readonly string[] {
  const word = new RegExp(`\\b(${names.join('|')})\\b`);
  return files.filter((file) => word.test(readFileSync(join(root, file), 'utf8')));
}

/** Whether there is a reason for the name of a service in this file. */
export function mayName(file: string): boolean {
  return MAY_NAME.some(([allowed]) => allowed.test(file));
}
