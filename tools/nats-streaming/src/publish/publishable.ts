import { tell } from '@ticketing/command-line';
import { checkEvent } from './check-event';
import type { Payload } from './payloads';

/** The text to publish; undefined, and said, when it must not be published. */
export function publishable(channel: string, { text, place }: Payload, force: boolean): string | undefined {
  const event = checkEvent(channel, text, force);
  if (event.ok) return event.payload;
  tell(`${place} is not published: ${event.problems}`);
  return undefined;
}
