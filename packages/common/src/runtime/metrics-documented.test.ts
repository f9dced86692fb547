import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from './metrics';

test('docs/operations.md has each metric and no other', async () => {
  const doc = readFileSync(join(__dirname, '../../../../docs/operations.md'), 'utf8');
  const rows = [...doc.matchAll(/^\| `(ticketing_\w+)` \|/gm)].map(([, name]) => name);
  const scrape = await createMetrics('tickets').scrape();
  const names = [...scrape.matchAll(/^# TYPE (ticketing_\w+)/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(names.sort());
});

test('it has the labels of each, and no other', () => {
  const doc = readFileSync(join(__dirname, '../../../../docs/operations.md'), 'utf8');
  const rows = [...doc.matchAll(/^\| `(ticketing_\w+)` \| (.*?) ?\| /gm)];
  const told = new Map(rows.map(([, name, labels = '']) => [name, labels.match(/\w+/g) ?? []]));
  const declared = Object.values(createMetrics('tickets')).filter(isMetric);
  expect(declared.length).toBeGreaterThan(15);
  for (const { name, labelNames } of declared) expect([name, told.get(name)]).toEqual([name, labelNames]);
});

function isMetric(value: unknown): value is { name: string; labelNames: string[] } {
  return typeof value === 'object' && value !== null && 'labelNames' in value;
}
