import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Variables of the system and its tools, and those between our own programs. */
const NOT_OURS = [
  'PATH',
  'HOME',
  'XDG_CACHE_HOME',
  'TMPDIR',
  'GOBIN',
  'GOFLAGS',
  'GIVEN',
  'OTHER',
  'TICKETING_STARTED',
  'INIT_CWD',
  'AWAIT_PUBLISH',
  'NX_DAEMON',
  'SHELL',
];
/** However it is read: `env['NAME']`, `env.NAME`, `.env('NAME')`, `given('NAME')`, `port('NAME')`. */
const READ = /(?:\benv\[|\benv\(|\bgiven\(|\bport\()'([A-Z][A-Z_]+)'|\benv\.([A-Z][A-Z_]+)\b/g;

/** All programs below a directory. */
function scriptsOf(dir: string): string[] {
  return readdirSync(join(ROOT, dir), { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)))
    .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file));
}

const sources = ['tools', 'e2e', 'bench', 'infra', 'packages']
  .flatMap(scriptsOf)
  .filter((file) => !/node_modules|\bdist\b/.test(file) && join(ROOT, file) !== __filename);
const documents = ['README.md', 'docs/operations.md', 'docs/kubernetes.md'];

/** The names in the first column of the tables of a document. */
function tableOf(document: string): readonly string[] {
  const rows = read(document).match(/^\| `[A-Z][A-Z_]+`.*$/gm) ?? [];
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name = '']) => name),
  );
}

test('each variable that a program or a test reads is in a table of the documents', () => {
  const known = new Set([...documents.flatMap(tableOf), ...NOT_OURS]);
  const unknown = sources.flatMap((file) =>
    [...read(file).matchAll(READ)].flatMap(([, quoted, dotted]) => {
      const name = quoted ?? dotted ?? '';
      return known.has(name) ? [] : [`${name} in ${file}`];
    }),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(unknown).toEqual([]);
});

test('each variable in those tables is one that something reads', () => {
  // Most of OTEL_... the SDK reads by itself.
  const sdk = ['sdk-trace-base', 'core'].flatMap((name) => scriptsOf(join('node_modules/@opentelemetry', name)));
  const all = [...sources, ...sdk].map(read).join('\n');
  const unread = documents.flatMap(tableOf).filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
  const ofOrders = ['ORDER_WINDOW_MS', 'ORDER_EXPIRY_SWEEP_MS']; // services/orders/src/config.test.ts
  expect(unread.filter((name) => !ofOrders.includes(name))).toEqual([]);
});
