import { fork } from 'node:child_process';
import { join } from 'node:path';
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

/** The built program, also when this runs from its source. */
const PROGRAM = join(__dirname, '..', '..', 'dist', 'dev', 'compiler-program.js');

/** Builds the projects now, and again whenever a source file is edited. */
export function watchCompiler({ root, projects, onRound }: CompilerOptions): Compiler {
  const child = fork(PROGRAM, projects, { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  const { pid } = child;
  if (pid !== undefined) watchOver(pid);
  child.on('message', (errors) => onRound(errors as string[]));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    if (pid !== undefined) letGo(pid);
  };
  return { stop, exited };
}
