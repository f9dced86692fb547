/**
 * Calls back once when the program is asked to end: Ctrl-C (which the terminal and `npm` may both send), SIGTERM, a terminal that
 * closes, or the end of the program that started this one.
 */
export function onStop(callback: () => void): void {
  let asked = false;
  const stop = () => {
    if (asked) return;
    asked = true;
    callback();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
}
