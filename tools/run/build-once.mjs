// Whether everything is as it was after the last build: `tsc -b` takes a second of the processor to see that nothing has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, ROOT } from './processes.mjs';

const INSTALLED = ['package-lock.json', 'node_modules/.package-lock.json'];
const isOutput = (file) => /[/\\]dist[/\\]|\.tsbuildinfo$/.test(file);

/**
 * Builds projects unless every file of them, and of those that they refer to, is as it was after their last build without errors.
 * `before` is called when there is something to build. Returns the exit code.
 */
export function buildOnce(projects, before = () => {}) {
  const memory = join(ROOT, 'node_modules/.cache/ticketing-built', projects.join(' ').replace(/[^\w.-]/g, '_'));
  const was = look(projects);
  const built = existsSync(memory) ? readFileSync(memory, 'utf8') : undefined;
  if (was && `${was.inputs} ${was.outputs}` === built) return 0;
  before();
  rmSync(memory, { force: true });
  const code = build(...projects);
  const is = code === 0 ? look(projects) : undefined;
  if (!was || !is) return code;
  mkdirSync(dirname(memory), { recursive: true });
  // The inputs of before: what was edited meanwhile may have come too late.
  writeFileSync(memory, `${was.inputs} ${is.outputs}`);
  return code;
}

/** Stands for the state of all files that the projects are made of; undefined where that cannot be told. */
export function look(projects) {
  const files = new Set(INSTALLED.map((file) => join(ROOT, file)));
  const seen = new Set();
  try {
    for (const project of projects) addFiles(join(ROOT, project), files, seen);
  } catch {
    return undefined;
  }
  const [inputs, outputs] = [createHash('sha256'), createHash('sha256')];
  for (const file of [...files].sort()) (isOutput(file) ? outputs : inputs).update(`${file} ${stateOf(file)}\n`);
  return { inputs: inputs.digest('hex'), outputs: outputs.digest('hex') };
}

/**
 * Adds the files of a project, and of all that it refers to.
 * @throws when its tsconfig is not JSON, or takes files from outside of its folder
 */
function addFiles(path, files, seen) {
  const config = path.endsWith('.json') ? path : join(path, 'tsconfig.json');
  if (seen.has(config)) return;
  seen.add(config);
  const folder = dirname(config);
  const { extends: bases = [], references = [], include = [], files: named = [] } = readJson(config);
  if ([...include, ...named].some((pattern) => pattern.includes('..'))) throw new Error(`${config} looks elsewhere`);
  for (const file of filesIn(folder)) files.add(file);
  for (const base of [bases].flat()) addBase(join(folder, base), files);
  for (const reference of references) addFiles(join(folder, reference.path), files, seen);
}

/** @throws when it extends another one, or is of a package */
function addBase(config, files) {
  if (readJson(config).extends !== undefined) throw new Error(`${config} extends another one`);
  files.add(config);
}

/** A line may be a comment, as in the files that `npm run services` writes. */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, ''));

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** The time of the inode: unlike that of the content no program can set it back, and a file moved to another's place has another. */
function stateOf(file) {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.size} ${found.ctimeNs}` : 'none';
}
