import { stopSignal } from '@ticketing/command-line';
import { exitWith } from './exit-with';

/** How long leaving may take (ms): a server that is away, or a wrong port, does not answer. */
const LEAVE_WITHIN_MS = 5_000;

/**
 * A signal that aborts when the program is asked to end, from the first moment on. A program that has not left after
 * LEAVE_WITHIN_MS ends with exit code 1 and a message; the server then learns by its heartbeats that the client is
 * gone.
 */
export function stopOrEnd(lastWords: () => string): AbortSignal {
  const stop = stopSignal();
  // After a pause of the machine the answer that has come meanwhile is read before the time is over.
  const end = () => setImmediate(() => exitWith(1, lastWords()));
  stop.addEventListener('abort', () => setTimeout(end, LEAVE_WITHIN_MS));
  return stop;
}

/** Calls `leave` when the signal aborts; at once when it has. */
export function onceStopped(stop: AbortSignal, leave: () => void): void {
  if (stop.aborted) leave();
  else stop.addEventListener('abort', leave, { once: true });
}
