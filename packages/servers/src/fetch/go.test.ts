import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goInstall, goModule } from './go';
import { brokenProgram, cleanUpFixtures, temporaryDir } from '../testing/test-fixtures';

afterEach(cleanUpFixtures);

/** A PATH with a `go` that does this. */
function pathWithGo(source: string): string {
  const dir = temporaryDir();
  writeFileSync(join(dir, 'go'), `#!${process.execPath}\n${source}\n`);
  chmodSync(join(dir, 'go'), 0o755);
  return dir;
}

test('asks Go for a module, and gives the folder where it is', async () => {
  const PATH = pathWithGo(
    'console.log(JSON.stringify({ Dir: process.argv.slice(2).join(" ") + process.env.GOFLAGS }))',
  );
  expect(await goModule('example.org/m@v1.0.0', { PATH, GOFLAGS: '-mod=vendor' })).toBe(
    'mod download -json example.org/m@v1.0.0',
  );
});

test('says why a module cannot be had', async () => {
  const PATH = pathWithGo('console.log(JSON.stringify({ Error: "no such version" })); process.exit(1)');
  await expect(goModule('example.org/m@v9.9.9', { PATH })).rejects.toThrow(
    /example.org\/m@v9.9.9 cannot be had: .*no such version/,
  );
});

test('builds a program once, and the next time takes it from the cache', async () => {
  const wanted = { module: 'example.org/p@v1.0.0', program: 'p', folder: 'p-1.0.0', instead: 'put p on PATH' };
  const env = {
    PATH: pathWithGo('require("node:fs").writeFileSync(process.env.GOBIN + "/p", "")'),
    TICKETING_CACHE: temporaryDir(),
  };
  const log: string[] = [];
  const surroundings = { env, log: (line: string) => log.push(line) };
  const built = await goInstall(wanted, surroundings);
  expect(built).toBe(join(env.TICKETING_CACHE, 'p-1.0.0', 'p'));
  expect(log.join('\n')).toMatch(/building example.org\/p@v1.0.0 with Go.*\nbuilt p in \d+ s/);
  brokenProgram(env.PATH, 'go');
  expect(await goInstall(wanted, surroundings)).toBe(built);
});

test('no Go: the message names the remedy', async () => {
  const env = { PATH: temporaryDir(), TICKETING_CACHE: temporaryDir() };
  await expect(goModule('example.org/m@v1.0.0', env)).rejects.toThrow(/there is no go on PATH: install Go/);
  const wanted = { module: 'example.org/p@v1.0.0', program: 'p', folder: 'p', instead: 'put p on PATH' };
  await expect(goInstall(wanted, { env, log: () => undefined })).rejects.toThrow(/or put p on PATH/);
});
