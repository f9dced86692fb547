import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contracts } from '@ticketing/common/events';
import { NameError, type Names, readNames } from './names';
import { eventFiles, listWith, serviceFiles } from './new-files';

// `npm run new:service -- NAME [THING]`: makes the folder of a service, its entry in the list, and what is written from that.
const ROOT = join(__dirname, '..', '..', '..', '..');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Runs a program of the repository. @throws Error when it fails */
function run(...[program, ...args]: [string, ...string[]]): void {
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`it failed, and can be run again: node ${[program, ...args].join(' ')}`);
}

function make(names: Names, npm: string): void {
  const isNewEvent = !Object.hasOwn(contracts, `${names.thing}:created`);
  const files = [...serviceFiles(ROOT, names), listWith(ROOT, names), ...(isNewEvent ? eventFiles(ROOT, names) : [])];
  for (const { path, text } of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    say(path);
  }
  const formatted = files.map(({ path }) => path).filter((path) => /\.(ts|json|yaml|cjs)$/.test(path));
  run('node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', ...formatted);
  run('tools/run.mjs', 'services');
  run(npm, 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund');
  say(`\n${names.service} is there. Next:`);
  say(`  npm test -w services/${names.service}`);
  say(`  npm start                                # it answers at http://localhost:3000/api/${names.service}`);
  say('  docs/add-a-service.md                    # how to make it do something');
  if (!isNewEvent) return;
  say('  npm run build                            # what jest asks for');
  say(`  UPDATE_API_DOCS=1 npx jest asyncapi      # ${names.thing}:created is new: also describe it in docs/events.md`);
}

try {
  const npm = process.env['npm_execpath'];
  if (npm === undefined) throw new Error('run it by npm: npm run new:service -- NAME');
  make(readNames(ROOT, process.argv.slice(2)), npm);
} catch (error) {
  process.exitCode = error instanceof NameError ? 2 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
