/** The counters of events. A line about them names each, because a 0 matters. */
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

/** The counts of a process since its start, over all subjects. @throws when it does not answer */
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
