import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@ticketing/command-line';

/** The server could not be looked at. */
export interface Away {
  readonly away: string;
  /** When the first look failed; ISO. */
  readonly since: string;
}

/**
 * Looks and shows without end, `everyMs` apart. While the server is away it says so each time, and goes on.
 * @throws CommandError when the first look fails, because the address may be wrong
 */
export async function watch<Seen>(
  look: () => Promise<Seen>,
  show: (frame: Seen | Away) => void,
  everyMs: number,
): Promise<never> {
  show(await look());
  for (let away: Away | undefined; ;) {
    await sleep(everyMs);
    try {
      const seen = await look();
      away = undefined;
      show(seen);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      away = { away: error.message, since: away?.since ?? new Date().toISOString() };
      show(away);
    }
  }
}
