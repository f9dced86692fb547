import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishScrapeTargets } from './scrape-targets';

const dir = mkdtempSync(join(tmpdir(), 'ticketing-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('the targets are there, as Prometheus reads them, until they are taken away', () => {
  const file = join(dir, 'scrape-targets.json');
  const takeAway = publishScrapeTargets(dir, ['http://127.0.0.1:4001', 'http://127.0.0.1:4002']);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([{ targets: ['127.0.0.1:4001', '127.0.0.1:4002'] }]);
  takeAway();
  expect(existsSync(file)).toBe(false);
});
