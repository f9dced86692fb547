import type { RunningServer } from './running-server';

/** A server that was given by its address, which we must not stop. */
export function given(url: string, source: string): RunningServer {
  const nothing = () => Promise.resolve();
  const again = () => Promise.reject(new Error(`it is not ours to start: ${source}`));
  return {
    url,
    pid: undefined,
    source,
    stop: nothing,
    kill: nothing,
    exited: new Promise<void>(() => undefined),
    again,
  };
}
