import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { testToken } from '@ticketing/testing';

/** The result of one request: its whole answer, or why there is none. */
export interface Outcome {
  readonly n: number;
  readonly status?: number | undefined;
  readonly body?: string;
  readonly error?: string | undefined;
  /** It went over a connection on which another request was answered before. */
  readonly reused?: boolean;
}

export interface Load {
  readonly outcomes: readonly Outcome[];
  /** For how long (ms) these clients were held up at most: so late they may have sent their next request. */
  heldUpMs(): number;
  /** Resolves when every request that was begun has ended. */
  end(): Promise<readonly Outcome[]>;
}

/** The loops of a load unless told otherwise. */
export const CLIENTS = 16;

/**
 * Sends POSTs repeatedly over kept-alive connections, directly to one process, in `clients` loops at once. A loop
 * pauses after a refused connection, and goes on until `end`.
 */
export function startLoad(url: string, path: string, bodyOf: (n: number) => unknown, clients = CLIENTS): Load {
  const agent = new Agent({ keepAlive: true });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const outcomes: Outcome[] = [];
  let going = true;
  let count = 0;
  const loop = async () => {
    while (going) {
      const n = count++;
      const outcome = await post(agent, url + path, JSON.stringify(bodyOf(n)), n);
      outcomes.push(outcome);
      if (outcome.error) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const loops = Promise.all(Array.from({ length: clients }, loop));
  return {
    outcomes,
    heldUpMs: () => delay.max / 1e6,
    async end() {
      going = false;
      await loops;
      agent.destroy();
      delay.disable();
      return outcomes;
    },
  };
}

function post(agent: Agent, url: string, body: string, n: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const fail = ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ n, error: code ?? message, reused: sent.reusedSocket });
    const headers = { Authorization: `Bearer ${testToken('alice')}`, 'Content-Type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', fail);
      response.once('end', () => resolve({ n, status: response.statusCode, body: text }));
    });
    sent.once('error', fail);
    sent.end(body);
  });
}
