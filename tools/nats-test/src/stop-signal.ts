import { onEndOfNpm } from '@ticketing/start';

/** Aborts when the program is told to stop: by Ctrl-C, by SIGTERM or SIGHUP, or because the npm that started it was. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  onEndOfNpm(() => controller.abort());
  return controller.signal;
}
