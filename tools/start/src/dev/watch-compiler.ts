import { fork } from 'node:child_process';
import { join } from 'node:path';
import { letGo, watchOver } from '@ticketing/servers';

/** What has become of one edit, or of several that were made together. */
export interface Round {
  /** What the compiler says of errors, in all projects; nothing when there are none. */
  readonly errors: readonly string[];
  /** The projects whose programs have been written since the last round without errors. */
  readonly changed: readonly string[];
}

export interface CompilerOptions {
  /** The folder from which projects are named. */
  readonly root: string;
  /** Their tsconfig files; each one after those that it refers to. */
  readonly projects: readonly string[];
  readonly onRound: (round: Round) => void;
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
  child.on('message', (round) => onRound(round as Round));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    if (pid !== undefined) letGo(pid);
  };
  return { stop, exited };
}
