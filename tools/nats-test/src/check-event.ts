import { randomUUID } from 'node:crypto';
import { CommandError } from '@ticketing/command-line';
import { ContractError, contracts, encodeEvent, type EventOf, type Subject } from '@ticketing/common/events';
import type { Payload } from './payloads';

/** More problems than these are only counted. */
const SHOWN = 10;

/** What to publish, or why it would break the contract of its subject. */
export type Checked =
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly problems: string };

/** Checks the data of a known subject, and fills in `meta` when it has none. A channel that is no subject takes any text. */
export function checkEvent(channel: string, text: string): Checked {
  if (!isSubject(channel)) return { ok: true, payload: text };
  try {
    const data = JSON.parse(text) as unknown;
    return { ok: true, payload: encodeEvent(channel, withMeta(data) as EventOf<Subject>) };
  } catch (error) {
    if (error instanceof ContractError) return { ok: false, problems: error.problems };
    if (error instanceof SyntaxError) return { ok: false, problems: `it is not JSON: ${error.message}` };
    throw error;
  }
}

const FORCE = 'Mend it (docs/events.md has the contracts), or send it as it is with --force.';

/** Looks at all before one is sent. @throws CommandError (exit code 1) that names each one that breaks the contract */
export function checkAll(channel: string, payloads: Iterable<Payload>): void {
  const problems: string[] = [];
  for (const { text, place } of payloads) {
    const checked = checkEvent(channel, text);
    if (!checked.ok) problems.push(`${place}: ${checked.problems}`);
  }
  if (problems.length === 0) return;
  const shown = problems.slice(0, SHOWN);
  if (problems.length > SHOWN) shown.push(`and ${problems.length - SHOWN} more`);
  throw new CommandError([`Not published: it breaks the contract of ${channel}.`, ...shown, FORCE].join('\n'), 1);
}

function isSubject(channel: string): channel is Subject {
  return Object.hasOwn(contracts, channel);
}

function withMeta(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return { ...data, meta: 'meta' in data ? data.meta : { id: randomUUID(), occurredAt: new Date().toISOString() } };
}
