import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

let guard: ChildProcess | undefined;

/** Makes the guard stop the process `pid` when this process is gone, even by SIGKILL. */
export function watchOver(pid: number): void {
  send(`+${pid}\n`);
}

/** Undoes `watchOver`. Call it when the process has exited, because another may then get its id. */
export function letGo(pid: number): void {
  send(`-${pid}\n`);
}

/** The guard is a small process whose standard input ends when its owner is gone. It keeps no process alive. */
function send(line: string): void {
  if (guard === undefined) {
    // From the package folder, so that a test that runs the sources uncompiled finds it as well.
    const program = join(__dirname, '..', '..', 'dist', 'process', 'guard-program.js');
    guard = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    guard.unref();
    // Writing to a killed guard must not end its owner.
    guard.stdin?.on('error', () => undefined);
    if (guard.stdin instanceof Socket) guard.stdin.unref();
  }
  guard.stdin?.write(line);
}
