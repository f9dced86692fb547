import { onEndOfNpm } from './end-of-npm';
import { guardOutput } from './guard-output';

/**
 * Calls back once when the program is asked to end: Ctrl-C (which the terminal and npm may both send), SIGTERM, a
 * terminal that closes, the end of the program or the npm that started it, or the end of its reader, such as `head`.
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
  guardOutput();
  process.stdout.on('error', stop); // the reader is gone; any other error has ended the program already
  onEndOfNpm(stop);
}

/** A signal that aborts when `onStop` would call back. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  onStop(() => controller.abort());
  return controller.signal;
}
