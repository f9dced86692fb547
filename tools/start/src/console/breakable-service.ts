import type { ServiceProcess } from '../system/service-process';
import type { Control } from './breakable';

export interface BreakableService extends Control {
  /** Of the first process, and of those that follow. */
  readonly url: string;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
  /** Settles when a process has ended that nobody ended here. */
  readonly exited: Promise<void>;
}

/**
 * A service that can be ended and started again on its port, so that the ingress need not know.
 * @param begin starts it, on this port if there is one
 * @throws what the first start throws
 */
export async function breakableService(begin: (port?: string) => Promise<ServiceProcess>): Promise<BreakableService> {
  let running = await begin();
  const { url } = running;
  let isHeld = false;
  let onExit: () => void = () => undefined;
  const exited = new Promise<void>((resolve) => (onExit = resolve));
  const watch = (process: ServiceProcess) =>
    process.exited.then(() => {
      if (process === running && !isHeld) onExit();
    });
  void watch(running);
  return {
    ...{ url, exited },
    stop: () => running.stop(),
    kill: () => running.kill(),
    pid: () => running.pid,
    end: (how) => {
      isHeld = true;
      return running[how]();
    },
    start: async () => {
      running = await begin(new URL(url).port);
      isHeld = false;
      void watch(running);
    },
  };
}
