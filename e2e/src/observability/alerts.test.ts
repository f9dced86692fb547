import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { has, OPERATIONS, type Rule, rules, textOf } from './files.helper';

interface Situations {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const names = rules().map(({ alert }) => alert);
const dirs: string[] = [];
afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true })));

/** Evaluates the situations against these rules. Resolves with '' when all is as expected, else with what promtool says. */
async function evaluate(changed: readonly Rule[]): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'alerts-'));
  dirs.push(dir);
  writeFileSync(join(dir, 'alerts.yaml'), stringify({ groups: [{ name: 'ticketing', rules: changed }] }));
  writeFileSync(join(dir, 'alerts.test.yaml'), textOf('alerts.test.yaml'));
  const run = promisify(execFile)('promtool', ['test', 'rules', 'alerts.test.yaml'], { cwd: dir });
  return run.then(
    () => '',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

test('each rule has a situation in which it fires, and a moment in which it does not', () => {
  const { tests } = parse(textOf('alerts.test.yaml')) as Situations;
  const asked = tests.flatMap((situation) => situation.alert_rule_test);
  const alertsOf = (fires: boolean) =>
    new Set(asked.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname));
  expect(alertsOf(true)).toEqual(new Set(names));
  expect(alertsOf(false)).toEqual(new Set(names));
});

const withPromtool = has('promtool') ? test : test.skip;
withPromtool('each rule fires when it must and not else (needs promtool: apt-get install prometheus)', async () => {
  expect(await evaluate(rules())).toBe('');
});

withPromtool.each([
  ['never fires', 'vector(0) > 1'],
  ['always fires', 'vector(1)'],
])('a rule that %s is noticed, whichever it is', async (_, expr) => {
  const problems = await evaluate(rules().map((rule) => ({ ...rule, expr })));
  expect(names.filter((name) => !problems.includes(`alertname: ${name},`))).toEqual([]);
});

test('each rule has its severity, its subject, and the place of the remedy', () => {
  for (const { alert, labels, annotations } of rules()) {
    expect(labels['severity']).toMatch(/^(critical|warning)$/);
    expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook_url']);
    expect(annotations['runbook_url']).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
});

test('the command of docs/operations.md makes a PrometheusRule of them', async () => {
  const [command = ''] = /^\{ printf .*(?= \| kubectl apply -f -$)/m.exec(readFileSync(OPERATIONS, 'utf8')) ?? [];
  const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: dirname(dirname(OPERATIONS)) });
  expect(parse(stdout)).toMatchObject({ kind: 'PrometheusRule', spec: parse(textOf('alerts.yaml')) });
});

test('docs/operations.md has a section for each alert and for no other', () => {
  const sections = [...readFileSync(OPERATIONS, 'utf8').matchAll(/^### (Ticketing\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(names);
});
