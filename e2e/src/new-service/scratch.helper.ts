import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');

/** Files that a run makes, or that are linked. */
const LEFT_OUT = ['node_modules', '.git', '.data', '.cache', '.nx', 'coverage'];
/** npm writes into this one, so it must not be a link. */
const NOTES_OF_NPM = '.package-lock.json';

/** A copy of the repository with all that is built, in which a test may do what it likes. */
export class Scratch {
  private readonly folder: string;
  private readonly running: ChildProcess[] = [];

  constructor() {
    mkdirSync(join(ROOT, '.cache'), { recursive: true }); // on the same disk, for the links
    this.folder = mkdtempSync(join(ROOT, '.cache', 'scratch-'));
    for (const name of readdirSync(ROOT).filter((one) => !LEFT_OUT.includes(one))) {
      const filter = (path: string) => !path.includes('/node_modules');
      cpSync(join(ROOT, name), this.path(name), { recursive: true, preserveTimestamps: true, filter });
    }
    linkFolder(join(ROOT, 'node_modules'), this.path('node_modules'));
    copyFileSync(join(ROOT, 'node_modules', NOTES_OF_NPM), this.path('node_modules', NOTES_OF_NPM));
    this.succeed('git init -q && git add -A && git -c user.name=t -c user.email=t@example.com commit -q -m Begin');
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  /** Runs a line of shell there. */
  run(line: string, env: NodeJS.ProcessEnv = {}): { code: number | null; output: string } {
    const options = { cwd: this.folder, env: { ...environment(), ...env }, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', line], { ...options, maxBuffer: 2 ** 26 });
    return { code: status, output: `${stdout}${stderr}` };
  }

  /** The same, for a line that must succeed. Returns what it printed. */
  succeed(line: string, env: NodeJS.ProcessEnv = {}): string {
    const { code, output } = this.run(line, env);
    if (code !== 0) throw new Error(`${line}: exit code ${code}\n${output.slice(-8_000)}`);
    return output;
  }

  /** Starts a program that stays; resolves when it has printed this. */
  async start(line: string, until: RegExp, env: NodeJS.ProcessEnv = {}): Promise<void> {
    const options = { cwd: this.folder, env: { ...environment(), ...env }, detached: true };
    const child = spawn('bash', ['-c', `exec ${line}`], options);
    this.running.push(child);
    let printed = '';
    await new Promise<void>((resolve, reject) => {
      const take = (part: Buffer) => {
        printed += part.toString();
        if (until.test(printed)) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('exit', (code) => reject(new Error(`${line}: exit code ${code}\n${printed.slice(-8_000)}`)));
    });
  }

  /** Files that differ from the repository, with those that are new and without what was made by a build. */
  changed(): readonly string[] {
    return this.succeed('git add -A && git diff --cached --name-only').split('\n').filter(Boolean);
  }

  /** Stops what runs as Ctrl-C in its terminal does, the last one first, and removes everything. */
  async remove(): Promise<void> {
    for (const child of this.running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As in a terminal: without what jest and npm have added. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|JEST_|TEST_|TICKETING_STARTED|NODE_ENV)/.test(name),
  );
  return Object.fromEntries(own);
}

function linkFolder(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.isDirectory()) {
      if (entry.name !== '.cache') linkFolder(source, target);
    } else if (entry.name !== NOTES_OF_NPM) linkSync(source, target);
  }
}
