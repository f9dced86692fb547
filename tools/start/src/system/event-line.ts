/** What a service logs of an event at `debug`. */
interface EventFacts {
  readonly level?: unknown;
  readonly time?: unknown;
  readonly msg?: unknown;
  readonly subject?: unknown;
  readonly channel?: unknown;
  readonly aggregateId?: unknown;
  readonly version?: unknown;
  readonly outcome?: unknown;
}

const DEBUG = 20;
const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '?');

/**
 * The step of an event in one line, such as `14:02:03.123 published ticket:created 6565f0c2a1b2c3d4e5f60718 version 0`. Undefined for
 * any other line; empty for one that is only for `debug`.
 */
export function eventLine(line: string): string | undefined {
  const facts = parsed(line);
  if (facts?.level !== DEBUG) return undefined;
  const step =
    facts.msg === 'published' ? 'published' : facts.msg === 'handled an event' ? text(facts.outcome) : undefined;
  if (step === undefined) return '';
  const at = new Date(text(facts.time)).toTimeString().slice(0, 8);
  const what = text(facts.subject ?? facts.channel);
  return `[${at}] ${step.padEnd(9)} ${what} ${text(facts.aggregateId)} version ${text(facts.version)}`;
}

function parsed(line: string): EventFacts | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as EventFacts;
  } catch {
    return undefined;
  }
}
