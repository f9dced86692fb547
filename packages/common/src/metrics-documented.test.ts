import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from './metrics';

test('docs/operations.md tells of each metric and of no other', async () => {
  const doc = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');
  const rows = [...doc.matchAll(/^\| `(ticketing_\w+)` \|/gm)].map(([, name]) => name);
  const scrape = await createMetrics('tickets').scrape();
  const names = [...scrape.matchAll(/^# TYPE (ticketing_\w+)/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(names.sort());
});
