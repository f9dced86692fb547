import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const OBSERVABILITY = join(__dirname, '..', '..', '..', 'infra', 'observability');
export const OPERATIONS = join(__dirname, '..', '..', '..', 'docs', 'operations.md');

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly uid: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

/** The text of a file of infra/observability. */
export function textOf(name: string): string {
  return readFileSync(join(OBSERVABILITY, name), 'utf8');
}

export function rules(): readonly Rule[] {
  const { groups } = parse(textOf('alerts.yaml')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

export function dashboard(): Dashboard {
  return JSON.parse(textOf('dashboard.json')) as Dashboard;
}

/** What the panels show, each with the name of its panel. */
export function queries(): readonly { readonly panel: string; readonly expr: string }[] {
  return dashboard().panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: title, expr })));
}

/** Whether this program is on PATH. Its tests are skipped without it. */
export function has(program: 'promtool' | 'prometheus'): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** The names of the metrics in an expression, or in a series such as `name{label="value"}`. */
export function metricsIn(expr: string): readonly string[] {
  const plain = expr.replace(/"[^"]*"/g, '""');
  const selected = [...plain.matchAll(/([a-zA-Z_:][\w:]*)\s*[{[]/g)].map(([, name = '']) => name);
  const ours = plain.replace(/\{[^}]*\}/g, '').match(/\b(ticketing|nodejs|process)_\w+/g) ?? [];
  return [...new Set([...selected, ...ours])];
}
