import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { letGo, watchOver } from '@ticketing/servers';

export interface CompilerOptions {
  /** The folder from which projects are named. */
  readonly root: string;
  readonly projects: readonly string[];
  /** After each round: what the compiler said of errors; nothing when there are none. */
  readonly onRound: (errors: readonly string[]) => void;
}

/** A compiler that goes on. */
export interface Compiler {
  stop(): Promise<unknown>;
  /** Settles when it has ended. */
  readonly exited: Promise<unknown>;
}

const END_OF_ROUND = /Found (\d+) errors?\. Watching for file changes\.$/;
const STATUS = /^\d.* - (Starting|File change detected)/;

/** Runs `tsc -b --watch`: builds now, and again whenever a source file is edited. */
export function watchCompiler({ root, projects, onRound }: CompilerOptions): Compiler {
  const tsc = require.resolve('typescript/bin/tsc');
  const args = [tsc, '-b', '--watch', '--preserveWatchOutput', '--pretty', 'false', ...projects];
  const child = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  const { pid } = child;
  if (pid !== undefined) watchOver(pid);
  let said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [end, found] = END_OF_ROUND.exec(line) ?? [];
    if (end === undefined) {
      if (line.trim() !== '' && !STATUS.test(line)) said.push(line);
      return;
    }
    const errors = found === '0' ? [] : said;
    said = [];
    onRound(errors);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    if (pid !== undefined) letGo(pid);
  };
  return { stop, exited };
}
