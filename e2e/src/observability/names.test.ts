import { createMetrics } from '@ticketing/common';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { metricsIn, OPERATIONS, queries, rules, textOf } from './files.helper';

interface Situation {
  readonly input_series: readonly { readonly series: string }[];
}

/** What a service says: the names of its series, histograms by their three. */
async function said(): Promise<ReadonlySet<string>> {
  const scrape = await createMetrics('orders').scrape();
  const types = [...scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const parts = (type = '') => (type === 'histogram' || type === 'summary' ? ['_bucket', '_sum', '_count'] : ['']);
  return new Set(types.flatMap(([, name, type]) => parts(type).map((part) => `${name}${part}`)));
}

const series = (parse(textOf('alerts.test.yaml')) as { tests: Situation[] }).tests.flatMap(({ input_series }) =>
  input_series.map((one) => one.series),
);

test.each([
  ['the alerts', rules().map(({ expr }) => expr)],
  ['their situations', series],
  ['the dashboard', queries().map(({ expr }) => expr)],
])('%s: only metrics that the services have are named', async (_, expressions) => {
  const names = await said();
  expect(expressions.length).toBeGreaterThan(5);
  const unknown = expressions.flatMap(metricsIn).filter((name) => !names.has(name));
  expect(unknown).toEqual([]);
  for (const expression of expressions) expect(metricsIn(expression)).not.toEqual([]);
});

test('the situations use only labels that the metrics have, by the table of docs/operations.md', () => {
  const rows = [...readFileSync(OPERATIONS, 'utf8').matchAll(/^\| `(ticketing_\w+)` \| (.*?) \|/gm)];
  const labelsOf = new Map(rows.map(([, name, labels = '']) => [name, labels.match(/\w+/g) ?? []]));
  const unknown = series.flatMap((one) => {
    const known = ['service', 'instance', ...(labelsOf.get(one.split('{')[0]) ?? [])];
    const used = [...one.matchAll(/(\w+)=/g)].map(([, label = '']) => label);
    return used.filter((label) => !known.includes(label)).map((label) => `${label} of ${one}`);
  });
  expect(unknown).toEqual([]);
});

test('names are found in every place of an expression', () => {
  expect(metricsIn('sum by (a) (rate(ticketing_a{b="ticketing_x"}[5m])) > 0 unless other[1m] offset 1h')).toEqual([
    ...['ticketing_a', 'other'],
  ]);
  expect(metricsIn('absent(ticketing_b) or nodejs_c > process_d')).toEqual(['ticketing_b', 'nodejs_c', 'process_d']);
});
