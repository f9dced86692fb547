import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, npmInstall, withoutScript } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';
import { copyRepository, ROOT } from './repository-copy.test.helper';

const VERDACCIO = 'verdaccio@6.5.2';

let dir: string;
let project: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'release-'));
  project = join(dir, 'project');
  copyRepository(project);
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(project, '.git/info/exclude'), 'node_modules\n');
  git('config', 'user.name', 'nobody');
  git('config', 'user.email', 'nobody@example.com');
  edit('CHANGELOG.md', /^## Unreleased\n[^]*/m, '## Unreleased\n');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
  git('tag', '--annotate', `v${versionOf('lerna.json')}`, '--message', 'Begin');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const git = (...args: string[]) => execFileSync('git', args, { cwd: project, encoding: 'utf8' }).trim();
const read = (file: string) => readFileSync(join(project, file), 'utf8');
const versionOf = (file: string) => (JSON.parse(read(file)) as { version: string }).version;
const edit = (file: string, from: RegExp, to: string) =>
  writeFileSync(join(project, file), read(file).replace(from, to));

function run(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...withoutScript(process.env), NX_DAEMON: 'false', ...more };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}
const release = (...args: string[]) => run(process.execPath, ['tools/run.mjs', 'release', ...args]);

/** A registry for this test alone, on this machine. @returns how npm uses it, and what ends it */
async function startRegistry() {
  const port = await freePort();
  const config = join(dir, 'verdaccio.yaml');
  const rules = `'**': { access: $all, publish: $anonymous }`;
  writeFileSync(
    config,
    `storage: ${join(dir, 'storage')}\npackages: { ${rules} }\nlog: { type: stdout, level: warn }\n`,
  );
  writeFileSync(join(dir, 'npmrc'), `registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=nobody\n`);
  const log = (line: string) => process.stderr.write(`${line}\n`);
  // It asks for node-fetch by a tag, which a mirror may not have.
  const verdaccio = await npmInstall(VERDACCIO, { env: process.env, log }, { 'node-fetch': '2.7.0' });
  const args = [join(verdaccio, 'bin', 'verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(answers, { timeoutMs: 60_000, what: 'the registry' });
  const stop = () => (child.kill('SIGKILL'), exited);
  return { env: { npm_config_userconfig: join(dir, 'npmrc'), npm_config_registry: `http://127.0.0.1:${port}/` }, stop };
}

test.each([[[]], [['tomorrow']], [['minor', 'more']]])('release with %j is refused with its usage', (args) => {
  expect(release(...args)).toEqual({ status: 2, said: 'usage: npm run release -- patch|minor|major|VERSION\n' });
});

test('without news in the changelog there is no release', () => {
  expect(release('minor')).toEqual({
    ...{ status: 1, said: 'CHANGELOG.md has nothing under Unreleased, so there is nothing to release.\n' },
  });
  expect(git('status', '--porcelain')).toBe('');
});

test('one command makes a release, and the next publishes what it has shown', async () => {
  edit('CHANGELOG.md', /^## Unreleased\n/m, '## Unreleased\n- A change.\n');
  git('commit', '--quiet', '--all', '--message', 'Change something');
  const released = release('99.0.0');
  expect(released).toMatchObject({ status: 0 });
  expect(released.said).toContain('+ @ticketing/common@99.0.0');
  expect(git('log', '--format=%s', '-1')).toBe('Release v99.0.0');
  expect(git('describe')).toBe('v99.0.0');
  expect(git('status', '--porcelain')).toBe('');
  const manifests = git('ls-files', '*package.json')
    .split('\n')
    .filter((file) => file !== 'package.json' && !/^(templates|examples)\//.test(file)); // no workspaces: nobody installs them
  expect(new Set(manifests.map(versionOf))).toEqual(new Set(['99.0.0']));
  expect(read('services/orders/package.json')).toContain('"@ticketing/common": "^99.0.0"');
  expect(read('package-lock.json')).not.toContain('"resolved": "http');
  expect(read('CHANGELOG.md')).toMatch(/^## Unreleased\n\n## 99\.0\.0 \(\d{4}-\d\d-\d\d\)\n- A change\.\n/m);

  const { env, stop } = await startRegistry();
  try {
    const lerna = join(ROOT, 'node_modules/lerna/dist/cli.js');
    const published = run(process.execPath, [lerna, 'publish', 'from-git', '--yes'], env);
    expect(published).toMatchObject({ status: 0 });
    const packed = run('npm', ['pack', '--json', '--pack-destination', dir, '@ticketing/common'], env);
    expect(packed.said).toContain('"id": "@ticketing/common@99.0.0"');
    expect(execFileSync('tar', ['-tf', join(dir, 'ticketing-common-99.0.0.tgz')], { encoding: 'utf8' })).toContain(
      'package/dist/index.js\n',
    );
    for (const name of ['testing', 'orders']) {
      expect(run('npm', ['view', `@ticketing/${name}`], env).said).toContain('E404');
    }
  } finally {
    await stop();
  }
}, 600_000);
