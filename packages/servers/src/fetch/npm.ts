import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache';
import type { Surroundings } from './choice';
import { findOnPath } from './find-program';
import { runToEnd } from '../process/run-to-end';

/** What npm sets for the scripts that it runs, such as a workspace; the rest says where packages come from. */
const OF_A_SCRIPT = /^npm_(?!config_(registry|cache|userconfig|globalconfig)$)/i;

/** The environment without what npm has set for the script that runs now: for an npm that works in another folder. */
export function withoutScript(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_A_SCRIPT.test(name)));
}

/**
 * Installs a package of npm, such as `name@1.2.3`, with its dependencies into the cache, unless it is there. No script of a package
 * is run. `overrides` are those of package.json, by which a dependency gets another version.
 * @returns the folder of the package
 * @throws an error that names the remedy when there is no npm, or says why it failed
 */
export async function npmInstall(
  wanted: `${string}@${string}`,
  { env, log }: Surroundings,
  overrides: Readonly<Record<string, string>> = {},
): Promise<string> {
  const npm = await findOnPath('npm', env);
  if (npm === undefined) throw new Error('there is no npm on PATH: install Node with npm (https://nodejs.org)');
  const folder = await cached(`npm-${wanted.replace(/[@/]/g, '-')}`, { env, log }, async (dir) => {
    log(`getting ${wanted} by npm ...`);
    // Without one npm looks for a project above it.
    await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, overrides }));
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', wanted];
    await runToEnd(npm, args, { env: withoutScript(env), cwd: dir });
  });
  return join(folder, 'node_modules', wanted.slice(0, wanted.lastIndexOf('@')));
}

/** Another Node, of this version, for the system that runs this. @returns the path of the program */
export async function nodeOf(version: string, surroundings: Surroundings): Promise<string> {
  const { platform, arch } = process;
  return join(await npmInstall(`node-${platform}-${arch}@${version}`, surroundings), 'bin', 'node');
}
