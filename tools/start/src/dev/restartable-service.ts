import type { ServiceProcess } from '../system/service-process';

/** A service whose program is replaced while it runs. */
export interface RestartableService {
  /**
   * Starts the program again, and ends the former process when the new one is ready, as a Deployment does. A start that fails is said, and
   * the former process goes on.
   */
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * @param begin starts the service
 * @param moved gets its address, each time that there is a new one
 * @throws what the first start throws
 */
export async function restartableService(
  name: string,
  begin: () => Promise<ServiceProcess>,
  moved: (url: string) => void,
  say: (line: string) => void,
): Promise<RestartableService> {
  let running: ServiceProcess | undefined;
  let last = Promise.resolve();

  function take(process: ServiceProcess): void {
    running = process;
    moved(process.url);
    void process.exited.then((code) => {
      if (running !== process) return;
      running = undefined;
      say(`${name} has ended by itself (${code ?? 'a signal'}); an edit starts it again`);
    });
  }
  take(await begin());

  const end = async (how: 'stop' | 'kill') => {
    const ending = running;
    running = undefined;
    await ending?.[how]();
  };
  async function again(): Promise<void> {
    const began = performance.now();
    try {
      const [former, next] = [running, await begin()];
      take(next);
      say(`${name} restarted in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
      await former?.stop();
    } catch (error) {
      const state = running ? 'goes on as it was' : 'does not run';
      say(`${error instanceof Error ? error.message : String(error)}\n${name} ${state}; an edit starts it again`);
    }
  }
  return {
    restart: () => (last = last.then(again)),
    stop: () => last.then(() => end('stop')),
    kill: () => end('kill'),
  };
}
