import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onStop, tell } from '@ticketing/command-line';

const PACKAGE = join(__dirname, '..');
/** An editor writes a file in several steps (ms). */
const SETTLE_MS = 200;

/**
 * Runs one of the two programs so that it can be edited meanwhile. `rs` and Enter builds it, asks it to end, and starts
 * it again; with `--watch` an edit does the same, and this program continues when the other ends. Otherwise it ends
 * with the program, with its exit code.
 */
function runWatched(program: string, args: readonly string[]): void {
  const staying = args.includes('--watch');
  const typed = !args.includes('--stdin'); // otherwise the lines are messages
  let child: ChildProcess | undefined;
  let [again, stopping] = [false, false];

  function start(): void {
    again = false;
    child = spawn(process.execPath, [join(__dirname, program), ...args], {
      stdio: [typed ? 'ignore' : 'inherit', 'inherit', 'inherit', 'ipc'], // ipc: it ends when this process is gone
    });
    child.once('exit', (code, signal) => {
      child = undefined;
      if (again && !stopping) start();
      else if (!staying || stopping) process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
      else tell('it has ended; rs and Enter, or an edit, starts it again');
    });
  }

  function restart(): void {
    if (
      spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-b', PACKAGE], { stdio: 'inherit' })
        .status !== 0
    ) {
      return tell('it cannot be built, so nothing has changed');
    }
    tell('restarting ...');
    if (child === undefined) return start();
    again = true;
    child.kill('SIGTERM');
  }

  onStop(() => {
    stopping = true;
    if (child === undefined) process.exit(0);
    child.kill('SIGTERM');
  });
  if (typed) createInterface({ input: process.stdin }).on('line', (line) => void (line.trim() === 'rs' && restart()));
  if (staying) {
    let settled: NodeJS.Timeout | undefined;
    watch(join(PACKAGE, 'src'), { recursive: true }, () => {
      clearTimeout(settled);
      settled = setTimeout(restart, SETTLE_MS);
    });
  }
  start();
}

const [program = '', ...args] = process.argv.slice(2);
runWatched(program, args);
