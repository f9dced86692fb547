import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { eventFile, type Names, renamed, TEMPLATE } from './names';

/** A file to write, from the root of the repository. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

const EVENT = 'templates/event/new-thing.ts';
const NOT_COPIED = /(^|\/)(dist|node_modules)\/|\.tsbuildinfo$|(^|\/)not-copied(\.test)?\.d\.ts$/;

/** What the template has in place of the version of all packages, which a release changes. */
const ANY_VERSION = '0.0.0';

/** Every file of a new service. @param root of the repository, where the templates are */
export function serviceFiles(root: string, names: Names): readonly NewFile[] {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/common/package.json'), 'utf8')) as {
    version: string;
  };
  return readdirSync(join(root, TEMPLATE), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(join(root, TEMPLATE), join(parentPath, name)))
    .filter((path) => !NOT_COPIED.test(path))
    .sort()
    .map((path) => ({
      path: `services/${names.service}/${renamed(path, names)}`,
      text: renamed(readFileSync(join(root, TEMPLATE, path), 'utf8'), names).replaceAll(ANY_VERSION, version),
    }));
}

const LIST = 'packages/services/src/services.ts';
const END_OF_LIST = '} as const satisfies Record<string, ServiceFacts>;';

/** The list of services with the new one at its end. */
export function listWith(root: string, names: Names): NewFile {
  const entry = renamed(
    `  'new-things': {
    routes: ['/api/new-things'],
    owns: { new_things: ['new-thing:created'] },
    consumes: ['order:created', 'order:cancelled', 'order:completed'],
    replicas: { orders: 'order-replica' },
  },
`,
    names,
  );
  return insertBefore(root, LIST, END_OF_LIST, entry);
}

const DECLARED = 'packages/common/src/events/declared.ts';

/** The contract of the event, and the list of contracts with it. */
export function eventFiles(root: string, names: Names): readonly NewFile[] {
  const contract = { path: eventFile(names.thing), text: renamed(readFileSync(join(root, EVENT), 'utf8'), names) };
  const imported = renamed("import { newThingCreated } from './new-thing';\n", names);
  const list = insertBefore(root, DECLARED, '\n/**', imported);
  const line = renamed('  [newThingCreated.subject]: newThingCreated,\n', names);
  return [contract, { ...list, text: list.text.replace(/^\};$/m, `${line}};`) }];
}

/** @throws Error when a file is not as this program knows it */
function insertBefore(root: string, path: string, place: string, what: string): NewFile {
  const text = readFileSync(join(root, path), 'utf8');
  if (text.split(place).length !== 2) throw new Error(`${path} has no single place before "${place.trim()}"`);
  return { path, text: text.replace(place, () => `${what}${place}`) };
}
