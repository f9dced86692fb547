import { createInterface } from 'node:readline';

// Reads `+pid` and `-pid` lines from its owner. When the input ends, the owner is gone. Then every process that is
// still on the list is asked to stop, and killed after a while.
const KILL_AFTER_MS = 5_000;
const pids = new Set<number>();

function signalAll(signal: NodeJS.Signals | 0): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      pids.delete(pid);
    }
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) pids.add(pid);
  else pids.delete(pid);
});
lines.on('close', () => {
  signalAll('SIGTERM');
  const deadline = Date.now() + KILL_AFTER_MS;
  const poll = setInterval(() => {
    const late = Date.now() >= deadline;
    signalAll(late ? 'SIGKILL' : 0);
    // A killed process needs no more watching, although the system may list it for a while.
    if (late || pids.size === 0) clearInterval(poll);
  }, 50);
});
