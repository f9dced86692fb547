import { execFileSync } from 'node:child_process';

/** The running child processes of this process, with their command lines; for tests. */
export function childrenOf(pid: number | undefined): { pid: number; args: string }[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent]) => parent === String(pid))
    .map(([id, , ...args]) => ({ pid: Number(id), args: args.join(' ') }));
}
