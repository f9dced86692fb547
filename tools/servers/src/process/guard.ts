import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

let guard: ChildProcess | undefined;

/** Has the process `pid` stopped when this process is gone, however it went, SIGKILL included. */
export function watchOver(pid: number): void {
  send(`+${pid}\n`);
}

/** Takes back `watchOver`: to be called when the process has exited, because its id may then be given to another. */
export function letGo(pid: number): void {
  send(`-${pid}\n`);
}

/** The guard is a small process whose standard input ends when its owner is gone. It keeps nobody alive. */
function send(line: string): void {
  if (guard === undefined) {
    // From the package folder, so that it is found when the sources run uncompiled in a test, too.
    const program = join(__dirname, '..', '..', 'dist', 'process', 'guard-program.js');
    guard = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.unref();
    // Writing to a guard that somebody killed must not end its owner.
    guard.stdin?.on('error', () => undefined);
    if (guard.stdin instanceof Socket) guard.stdin.unref();
  }
  guard.stdin?.write(line);
}
