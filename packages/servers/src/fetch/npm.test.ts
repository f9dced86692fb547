import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeOf, npmInstall } from './npm';
import { brokenProgram, cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

/** A PATH with an `npm` that does this. */
function pathWithNpm(source: string): string {
  const dir = temporaryDir();
  writeFileSync(join(dir, 'npm'), `#!${process.execPath}\n${source}\n`);
  chmodSync(join(dir, 'npm'), 0o755);
  return dir;
}

const installs = `const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
  const name = process.argv.at(-1).replace(/@[^@]*$/, '');
  mkdirSync('node_modules/' + name, { recursive: true });
  writeFileSync('node_modules/' + name + '/said', JSON.stringify([process.argv.slice(2), process.env, readFileSync('package.json', 'utf8')]));`;

test('installs a package once, without scripts, and the next time takes it from the cache', async () => {
  const env = {
    ...{ PATH: pathWithNpm(installs), TICKETING_CACHE: temporaryDir() },
    ...{ npm_config_registry: 'http://localhost:1', npm_config_workspace: 'e2e', npm_lifecycle_event: 'test' },
  };
  const log: string[] = [];
  const surroundings = { env, log: (line: string) => log.push(line) };
  const folder = await npmInstall('@scope/name@1.2.3', surroundings, { other: '1.0.0' });
  expect(folder).toBe(join(env.TICKETING_CACHE, 'npm--scope-name-1.2.3/node_modules/@scope/name'));
  const [args, seen, project] = JSON.parse(readFileSync(join(folder, 'said'), 'utf8'));
  expect(args).toEqual(expect.arrayContaining(['install', '--ignore-scripts', '@scope/name@1.2.3']));
  // The registry of the user, and nothing of the script of npm that runs this.
  expect(Object.keys(seen).filter((name) => name.startsWith('npm_'))).toEqual(['npm_config_registry']);
  expect(JSON.parse(project)).toEqual({ private: true, overrides: { other: '1.0.0' } });
  expect(log).toEqual(['getting @scope/name@1.2.3 by npm ...']);
  brokenProgram(env.PATH, 'npm');
  expect(await npmInstall('@scope/name@1.2.3', surroundings)).toBe(folder);
});

test('another Node is the package for this system', async () => {
  const env = { PATH: pathWithNpm(installs), TICKETING_CACHE: temporaryDir() };
  const node = await nodeOf('24.0.0', { env, log: () => undefined });
  expect(node).toMatch(new RegExp(`/node_modules/node-${process.platform}-${process.arch}/bin/node$`));
});

test('no npm, or one that fails: the message says so', async () => {
  const surroundings = (PATH: string) => ({ env: { PATH, TICKETING_CACHE: temporaryDir() }, log: () => undefined });
  await expect(npmInstall('a@1.0.0', surroundings(temporaryDir()))).rejects.toThrow(/there is no npm on PATH/);
  const fails = pathWithNpm('console.error("npm error 404 no such package"); process.exit(1)');
  await expect(npmInstall('a@1.0.0', surroundings(fails))).rejects.toThrow(/404 no such package/);
});
