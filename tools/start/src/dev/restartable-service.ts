import type { ServiceProcess } from '../system/service-process';

/** A service that is restarted on its port, so that the ingress need not know. */
export interface RestartableService {
  /** Of the first process, and of those that follow. */
  readonly url: string;
  /** Stops what runs and starts it again. A start that fails is said, and the next restart tries again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/**
 * @param begin starts the service, on this port if there is one
 * @throws what the first start throws
 */
export async function restartableService(
  name: string,
  begin: (port?: string) => Promise<ServiceProcess>,
  say: (line: string) => void,
): Promise<RestartableService> {
  const first = await begin();
  const port = new URL(first.url).port;
  let running: ServiceProcess | undefined;
  let expected = false;
  let last = Promise.resolve();

  function watch(process: ServiceProcess): void {
    running = process;
    expected = false;
    void process.exited.then((code) => {
      if (running !== process || expected) return;
      running = undefined;
      say(`${name} has ended by itself (${code ?? 'a signal'}); an edit starts it again`);
    });
  }
  watch(first);

  const end = async (how: 'stop' | 'kill') => {
    expected = true;
    await running?.[how]();
    running = undefined;
  };
  async function again(): Promise<void> {
    const began = performance.now();
    await end('stop');
    try {
      watch(await begin(port));
      say(`${name} restarted in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    } catch (error) {
      say(`${error instanceof Error ? error.message : String(error)}\n${name} does not run; an edit starts it again`);
    }
  }
  return {
    url: first.url,
    restart: () => (last = last.then(again)),
    stop: () => last.then(() => end('stop')),
    kill: () => end('kill'),
  };
}
