const LOOK_EVERY_MS = 500;

/**
 * Calls `listener` once when the npm that started this program has ended: it starts a shell that starts the program, and a
 * SIGTERM that is sent to npm ends only npm and its shell. Does nothing in a program that npm did not start.
 */
export function onEndOfNpm(listener: () => void, env: NodeJS.ProcessEnv = process.env): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    listener();
  }, LOOK_EVERY_MS);
  watch.unref();
}
