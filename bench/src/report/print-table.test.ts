import { madeUpResult } from './made-up-result.test.helper';
import { printTable } from './print-table';

const printed = printTable(madeUpResult());
const lines = printed.split('\n');
const rowOf = (text: string) => lines.find((line) => line.includes(text)) ?? '';

test('has a row for each ceiling, with the goal and whether it is met', () => {
  expect(rowOf('insert, no event')).toMatch(
    /│ create +│ +800 requests\/s │ insert, no event +│ +1,000 │ +0\.8 │ +≥ 0\.8 │ yes/,
  );
  expect(rowOf('insert & <publish>')).toMatch(/│ +│ +│ insert & <publish> +│ +900 │ +0\.889 │ +≥ 0\.95 │ NO/);
  expect(lines[lines.indexOf(rowOf('insert, no event')) + 1]).toMatch(/720–1,000 .* 0\.72–1 /);
});

test('of a latency the lower is better', () => {
  expect(rowOf('publish and receive')).toMatch(/30 ms .* 1\.5 │ +≤ 2 │ yes/);
  expect(rowOf('an empty process')).toMatch(/900 ms .* 3 │ +≤ 2 │ NO/);
  expect(printed.match(/\(lower is better\)/g)).toHaveLength(2);
});

test('a figure with a goal of its own has a row, too', () => {
  expect(rowOf('│ latency p99 (ms) ')).toMatch(/│ +│ +21 │ latency p99 \(ms\) +│ +│ +│ +≤ 20 │ NO/);
  expect(rowOf('│ memory (MiB) ')).toMatch(/ 140 │ .* ≤ 150 │ yes/);
});

test('shows other figures of ours and of each ceiling side by side, and problems', () => {
  expect(rowOf('│ latency p50 (ms)')).toMatch(/│ +3 \(2\.7–3\.75\) │ +2 \(1\.8–2\.5\) │ +│$/);
  expect(rowOf('│ lost & <gone>')).toMatch(/│ +│ +7 \(6\.3–8\.75\) │ +│$/);
  expect(printed.match(/BROKEN/g)).toHaveLength(1);
  expect(printed).toContain('BROKEN: consume: 3 events were <lost> & never came again');
});

test('says when and where, and that a quick run is no measurement', () => {
  expect(lines[0]).toMatch(/^2001-02-03 04:05 UTC, 5 rounds, a quick run/);
  expect(printTable({ ...madeUpResult(), quick: false })).not.toContain('quick');
  for (const words of [
    'Version 1.2.3, commit abc1234',
    '2 CPUs',
    '8 GiB',
    'Node 20.19.0',
    'made-up MongoDB',
    'made-up NATS',
  ])
    expect(printed).toContain(words);
});

test('fits in 110 columns and is whole', () => {
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(110);
  expect(printed).not.toContain('…');
});

test('has a row for a case without a ceiling', () => {
  const { cases, ...rest } = madeUpResult();
  expect(printTable({ ...rest, cases: cases.map((one) => ({ ...one, ceilings: [] })) })).toMatch(/│ create .* none /);
});
