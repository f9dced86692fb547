import { appendFileSync, existsSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Replaces kubectl 1.32 in tests: a program that keeps objects as files in a folder, its first argument, and prints
// what the real one was seen to print.
const [dir = '', ...args] = process.argv.slice(2);
const [verb = '', what = '', name = ''] = args;
const optionOf = (option: string): string => args[args.indexOf(option) + 1] ?? '';

function fail(stderr: string): never {
  process.stderr.write(`${stderr}\n`);
  process.exit(1);
}

appendFileSync(join(dir, 'calls'), `${JSON.stringify(args)}\n`);
const failure = join(dir, `${verb}-fails`);
if (existsSync(failure)) fail(readFileSync(failure, 'utf8'));

const fileOf = (kind: string, objectName: string): string => join(dir, `${kind.toLowerCase()}.${objectName}`);
const isInCluster = (kind: string, objectName: string): boolean => existsSync(fileOf(kind, objectName));

function get(): void {
  if (!isInCluster(what, name)) fail(`Error from server (NotFound): ${what}s "${name}" not found`);
  process.stdout.write(readFileSync(fileOf(what, name), 'utf8'));
}

/** Reads the object from standard input: JSON, or the YAML of a namespace. */
function create(): void {
  const text = readFileSync(0, 'utf8');
  const kind = /"?kind"?: ?"?(\w+)/.exec(text)?.[1] ?? '';
  const created = /"?name"?: ?"?([\w-]+)/.exec(text)?.[1] ?? '';
  const namespace = optionOf('--namespace');
  if (kind === 'Secret' && !isInCluster('namespace', namespace))
    fail(`Error from server (NotFound): error when creating "STDIN": namespaces "${namespace}" not found`);
  const labels: Record<string, string> = {};
  for (const [, key = '', value = ''] of text.matchAll(/^ {4}(\S+): (\S+)$/gm)) labels[key] = value;
  const written = join(dir, `written-${process.pid}`);
  writeFileSync(written, kind === 'Namespace' ? JSON.stringify({ metadata: { name: created, labels } }) : text);
  try {
    linkSync(written, fileOf(kind, created)); // one of many at once, and whole
  } catch {
    const plural = `${kind.toLowerCase()}s`;
    fail(`Error from server (AlreadyExists): error when creating "STDIN": ${plural} "${created}" already exists`);
  }
  process.stdout.write(`${kind.toLowerCase()}/${created} created\n`);
}

if (verb === 'get') get();
else if (verb === 'create' && optionOf('--filename') === '-') create();
else fail(`error: unknown command "${args.join(' ')}" for "kubectl"`);
