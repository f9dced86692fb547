import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { must, ROOT, run, say } from './processes.mjs';

/** Whether node_modules has what the lock file names; npm writes down in it what it installed. */
function isInstalled() {
  const lock = join(ROOT, 'package-lock.json');
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (!existsSync(lock) || statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packagesOf(installed);
  const same = Object.entries(packagesOf(lock)).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = there[path];
    return found ? found.version === wanted.version && found.integrity === wanted.integrity : wanted.optional === true;
  });
  if (same) utimesSync(installed, new Date(), new Date());
  return same;
}

/** Installs what the lock file names, unless it is there. */
export function install() {
  if (isInstalled()) return;
  const command = existsSync(join(ROOT, 'package-lock.json')) ? 'ci' : 'install';
  say(`Installing dependencies (npm ${command}) ...`);
  const args = [command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const code = npm ? run(process.execPath, [npm, ...args], { quiet: true }) : run('npm', args, { quiet: true });
  if (code !== 0) say(`The dependencies could not be installed: see what npm ${command} says above.`);
  must(code);
}
