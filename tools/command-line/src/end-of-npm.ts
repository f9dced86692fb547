const LOOK_EVERY_MS = 500;

/**
 * tools/run.mjs sets this to `<pid> <pid of its parent>` before it installs and builds, because npm may end meanwhile.
 */
const STARTED = 'TICKETING_STARTED';

/**
 * Calls `listener` once when the npm that started this program has ended. npm starts a shell that starts the program,
 * and a SIGTERM to npm ends only npm and its shell. Does nothing in a program that npm did not start.
 */
export function onEndOfNpm(listener: () => void, env: NodeJS.ProcessEnv = process.env): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const [pid, atFirst] = (env[STARTED] ?? '').split(' ').map(Number);
  const parent = pid === process.pid ? atFirst : process.ppid; // otherwise it belongs to the program that started this one
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    listener();
  }, LOOK_EVERY_MS);
  watch.unref();
}
