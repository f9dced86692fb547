/** What becomes of events. A line on them names each, because it matters that some are 0. */
const NAMES = [
  'published',
  'applied',
  'seen',
  'parked',
  'skipped',
  'let-go',
  'failed',
  'postponed',
  'dead-lettered',
  'lost-history',
];

/** By name: each outcome of a delivered event, `published`, and `lost-history`. */
export type Counters = Readonly<Record<string, number>>;

const COUNTER = /^ticketing_(events_published|lost_history|events_consumed)_total\{(.*)\} (\d+)$/gm;

/** What a process has counted since it was started, over all subjects. @throws when it does not answer */
export async function readCounters(url: string): Promise<Counters> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const lines = (await response.text()).matchAll(COUNTER);
  return sumOf(...[...lines].map(([, name, labels, value]) => ({ [keyOf(name, labels)]: Number(value) })));
}

function keyOf(name: string | undefined, labels = ''): string {
  if (name === 'lost_history') return 'lost-history';
  return /outcome="([^"]*)"/.exec(labels)?.[1] ?? 'published';
}

export function sumOf(...all: readonly Counters[]): Counters {
  const sum: Record<string, number> = {};
  for (const [name, value] of all.flatMap((counters) => Object.entries(counters))) {
    sum[name] = (sum[name] ?? 0) + value;
  }
  return sum;
}

/** In one line, for people. */
export function eventsOf(counters: Counters): string {
  return NAMES.map((name) => `${name} ${counters[name] ?? 0}`).join(', ');
}
