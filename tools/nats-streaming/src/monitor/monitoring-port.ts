import { CommandError } from '@ticketing/command-line';
import { withoutPassword } from '@ticketing/servers';
import { z } from 'zod';

/** How long the port may take to answer (ms). */
const WITHIN_MS = 5_000;

/**
 * Added to the path of a list, which has 1,024 entries otherwise. One answer instead of pages: an entry that goes
 * between two pages moves the others up, so that one of them would be on neither.
 */
export const WHOLE_LIST = 'limit=1000000000';

/**
 * The answer of the monitoring port for this path; undefined for 404.
 * @throws CommandError when the port cannot be read, or says something else
 */
export async function readPort<T>(monitorUrl: string, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const answer = await get(monitorUrl, path);
  if (answer === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(answer));
  } catch (error) {
    throw unreadable(monitorUrl, error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error));
  }
}

/**
 * Like `readPort`, for a path that every server of the engine has. @throws like `readPort`, and when the path is
 * missing
 */
export async function needPort<T>(monitorUrl: string, path: string, schema: z.ZodType<T>): Promise<T> {
  const found = await readPort(monitorUrl, path, schema);
  if (found !== undefined) return found;
  const other = path.startsWith('/streaming')
    ? 'NATS without Streaming; for JetStream give --broker jetstream'
    : 'another server';
  throw unreadable(monitorUrl, `it has no ${path.replace(/\?.*/, '')}, as ${other}`);
}

async function get(monitorUrl: string, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(path, monitorUrl), { signal: AbortSignal.timeout(WITHIN_MS) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await response.text();
  } catch (error) {
    throw unreadable(monitorUrl, reasonOf(error));
  }
}

/** `fetch` says what went wrong in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function unreadable(monitorUrl: string, reason: string): CommandError {
  return new CommandError(
    `The monitoring port of the broker cannot be read at ${withoutPassword(monitorUrl)}: ${withoutPassword(reason)}\n` +
      'Is the server started with one (-m 8222), and is that its address (http://host:8222)?',
  );
}
