import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cases } from './cases';
import type { BenchResult } from './rounds/result';

const MAIN = join(__dirname, '..', 'dist', 'main.js');
const LIMIT_MS = 5 * 60_000;

/** Of the jest run; the benchmark brings its own servers. */
const env = { ...process.env, MONGO_URI: '', NATS_URL: '' };

test(
  'the quick run does every case: nothing is lost, wrong or stuck',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'ticketing-bench-'));
    const files = ['json', 'html', 'svg'].map((kind) => join(dir, `bench.${kind}`));
    const [json = '', html = '', svg = ''] = files;
    const args = [MAIN, '--quick', '--json', json, '--html', html, '--svg', svg];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: LIMIT_MS });
    expect([status, stderr.match(/BROKEN[^]*/)?.[0]]).toEqual([0, undefined]);
    const result = JSON.parse(readFileSync(json, 'utf8')) as BenchResult;
    expect(result.cases.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
    for (const { name, ours, ceilings, also, atMost } of result.cases) {
      expect({ name, goals: Object.keys(atMost).filter((goal) => !(goal in also)) }).toEqual({ name, goals: [] });
      const rates = [ours, ...ceilings.map(({ figure }) => figure)].map(({ median }) => median);
      expect({ name, rates: rates.filter((rate) => !(rate > 0)) }).toEqual({ name, rates: [] });
      expect(stdout).toContain(name);
    }
    for (const name of ['create', 'replicate', 'edit']) {
      const { also, ceilings } = result.cases.find((one) => one.name === name) ?? {};
      for (const side of [also, ...(ceilings ?? []).map((ceiling) => ceiling.also)]) {
        expect(side?.['CPU ms each, tickets']?.median).toBeGreaterThan(0);
        expect(side?.['CPU ms each, MongoDB']?.median).toBeGreaterThan(0);
      }
    }
    // Edits of one ticket at the same time do race.
    const [plain] = result.cases.find(({ name }) => name === 'edit')?.ceilings ?? [];
    expect(plain?.also['requests that fail']?.median).toBeGreaterThan(0);
    expect(readFileSync(html, 'utf8')).toContain('drain-shuffled');
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg/);
    rmSync(dir, { recursive: true });
  },
  LIMIT_MS,
);
