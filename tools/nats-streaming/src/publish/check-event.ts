import { randomUUID } from 'node:crypto';
import { CommandError } from '@ticketing/command-line';
import { ContractError, contracts, encodeEvent, type EventOf, type Subject } from '@ticketing/common/events';
import type { Payload } from './payloads';

/** The server's max_payload is 1 MiB (its default), and holds the names of client and channel, the guid and the like as well. */
const MAX_BYTES = 1_048_576 - 4_096;
/** More problems than these are only counted. */
const SHOWN = 10;

/** The text to publish, or why it breaks the contract of its subject. */
export type Checked =
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly problems: string };

/**
 * Checks the data of a known subject, and fills in `meta` when it has none. A channel that is no subject, and any with
 * `force`, accepts every text that a message can hold. Without `force` a text is refused if it shows that bytes were
 * lost when it was read.
 */
export function checkEvent(channel: string, text: string, force: boolean): Checked {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    return { ok: false, problems: `${bytes} bytes are more than a message can hold (${MAX_BYTES})` };
  }
  if (text.includes('\0') && !force) {
    return { ok: false, problems: 'it has NUL characters, as UTF-16 has: save it as UTF-8; --force sends that' };
  }
  if (text.includes('\uFFFD') && !force) {
    return { ok: false, problems: 'it has bytes that are not UTF-8, which arrive as U+FFFD; --force sends that' };
  }
  if (force || !isSubject(channel)) return { ok: true, payload: text };
  const broken = (how: string) => ({ ok: false as const, problems: `it breaks the contract of ${channel}: ${how}` });
  try {
    const data = JSON.parse(text) as unknown;
    return { ok: true, payload: encodeEvent(channel, withMeta(data) as EventOf<Subject>) };
  } catch (error) {
    if (error instanceof ContractError) return broken(error.problems);
    if (error instanceof SyntaxError) return broken(`it is not JSON: ${error.message}`);
    throw error;
  }
}

const REMEDY = 'docs/events.md has the contracts; --force also sends an event that breaks one.';

/** Checks all before one is sent. @throws CommandError (exit code 1) that names each one that `checkEvent` refuses */
export function checkAll(channel: string, payloads: Iterable<Payload>, force: boolean): void {
  const problems: string[] = [];
  for (const { text, place } of payloads) {
    const checked = checkEvent(channel, text, force);
    if (!checked.ok) problems.push(`${place}: ${checked.problems}`);
  }
  if (problems.length === 0) return;
  const shown = problems.slice(0, SHOWN);
  if (problems.length > SHOWN) shown.push(`and ${problems.length - SHOWN} more`);
  if (isSubject(channel) && !force) shown.push(REMEDY);
  throw new CommandError(['Not published:', ...shown].join('\n'), 1);
}

function isSubject(channel: string): channel is Subject {
  return Object.hasOwn(contracts, channel);
}

function withMeta(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return { ...data, meta: 'meta' in data ? data.meta : { id: randomUUID(), occurredAt: new Date().toISOString() } };
}
