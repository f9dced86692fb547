import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { contracts, type Subject } from '@ticketing/common/events';
import { filesByPeople, mayName, naming } from '../naming';
import { ownerOf, serviceNames } from '../services';

/** The name of a service, and of the one thing that it owns: `new-things` and `new-thing`. */
export interface Names {
  readonly service: string;
  readonly thing: string;
}

/** A name cannot be that of a service; the message says why, and what to do. */
export class NameError extends Error {
  override readonly name = 'NameError';
}

const USAGE = `usage: npm run new:service -- NAME [THING]
NAME is what it owns, in the plural, such as new-things. Where one of them is not NAME without its s, say THING.`;

/** Where the template is, from the root of the repository. */
export const TEMPLATE = 'templates/service';

/** In a cluster, a database and a broker these names mean something else. */
const RESERVED = [
  ...['ingress', 'mongodb', 'nats', 'nats-streaming', 'operator', 'system', 'ticketing', 'ticketing-jwt'],
  ...['docs', 'openapi', 'service', 'services', 'admin', 'config', 'local'],
  ...['coverage', 'dist'], // git does not take their folders
  // The collections that every service has.
  ...['channel-positions', 'dead-letters', 'delivery-failures', 'idempotency-keys', 'leases', 're-emissions'],
];

/** `NAME-mongodb-0` is a label of DNS, at most 63 characters, with room for what an overlay puts before it. */
const LONGEST = 40;
const KEBAB = /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/;

/**
 * The names, if a new service can have them.
 * @param root of the repository
 * @param given the name of the service, and that of its thing where it is not the same without its `s`
 * @throws NameError
 */
export function readNames(root: string, [service = '', given, ...more]: readonly string[]): Names {
  if (service === '' || more.length > 0) {
    throw new NameError(USAGE);
  }
  requireForm(service);
  requireFree(root, service);
  requireUnused(root, service);
  if (given === undefined && !/[^s]s$/.test(service)) {
    throw new NameError(`say what one of ${service} is: npm run new:service -- ${service} THING`);
  }
  const thing = given ?? service.replace(/ies$/, 'y').replace(/s$/, '');
  requireForm(thing);
  if (thing === service) throw new NameError(`the service and what it owns need two names: not ${thing} for both`);
  requireWord(thing);
  requireFile(root, thing);
  requireEvent(root, thing);
  return { service, thing };
}

function requireForm(name: string): void {
  if (KEBAB.test(name) && name.length <= LONGEST) return;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const kebab = words
    .map((word) => word.replace(/^\d+/, ''))
    .filter(Boolean)
    .join('-')
    .slice(0, LONGEST);
  const better = KEBAB.test(kebab) ? `, such as ${kebab}` : '';
  throw new NameError(
    `"${name}" cannot be a name: take small letters, digits and single hyphens, each word with a letter first, ` +
      `at most ${LONGEST} characters${better}`,
  );
}

function requireFree(root: string, service: string): void {
  if (RESERVED.includes(service) || packageNames(root).has(service)) {
    throw new NameError(`"${service}" is the name of something else in this system: take another one`);
  }
  if (serviceNames.some((name) => name === service) || existsSync(join(root, 'services', service))) {
    throw new NameError(
      `there is a service ${service} already: take another name, ` +
        `or remove services/${service} and its entry in packages/services/src/services.ts first`,
    );
  }
}

/** A test finds a file that names a service by the word (named.test.ts), so the word must mean nothing else. */
function requireUnused(root: string, service: string): void {
  if (!existsSync(join(root, '.git'))) return; // that test needs git
  const files = naming(root, filesByPeople(root), [service]).filter((file) => !mayName(file));
  if (files.length === 0) return;
  throw new NameError(`"${service}" means something else here, as in ${files[0]} (${files.length}): take another name`);
}

/** What `@ticketing/NAME` means already, besides the services. */
function packageNames(root: string): ReadonlySet<string> {
  const folders = ['packages', 'tools'].flatMap((room) =>
    readdirSync(join(root, room)).map((name) => join(room, name)),
  );
  const files = [...folders, 'e2e', 'bench', 'infra/k8s/test'].map((folder) => join(root, folder, 'package.json'));
  const named = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')) as { name: string });
  return new Set(named.map(({ name }) => name.replace('@ticketing/', '')));
}

/** The name of the thing is that of a variable. */
function requireWord(thing: string): void {
  try {
    new Script(`'use strict'; const ${inCamelCase(thing)} = 0;`);
  } catch {
    throw new NameError(`"${thing}" is a word of the language: say another one, npm run new:service -- NAME THING`);
  }
}

/** Its model is in a file of its name, beside those that every service has. */
function requireFile(root: string, thing: string): void {
  if (!existsSync(join(root, TEMPLATE, 'src', `${thing}.ts`))) return;
  throw new NameError(`every service has a file ${thing}.ts of another kind: name another thing`);
}

/** Its event must be new, or a contract that no service here fulfils. */
function requireEvent(root: string, thing: string): void {
  const subject = `${thing}:created` as Subject;
  const owner = Object.hasOwn(contracts, subject) ? ownerOf(subject) : undefined;
  if (owner !== undefined) throw new NameError(`${subject} is an event of ${owner}: name another thing`);
  const file = eventFile(thing);
  if (!Object.hasOwn(contracts, subject) && existsSync(join(root, file))) {
    throw new NameError(`${file} is there already, and has no ${subject}: name another thing`);
  }
}

/** Where the event of a thing is declared, from the root of the repository. */
export function eventFile(thing: string): string {
  return `packages/common/src/events/${thing}.ts`;
}

export function inCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

const inPascalCase = (name: string) => name.charAt(0).toUpperCase() + inCamelCase(name.slice(1));

/** The forms in which the template has its name: two words, so that each form can be told from the others. */
const FORMS: readonly (readonly [of: string, form: (name: string) => string])[] = [
  ['new-thing', (name) => name],
  ['newThing', inCamelCase],
  ['NewThing', inPascalCase],
  ['new_thing', (name) => name.replaceAll('-', '_')],
  ['new thing', (name) => name.replaceAll('-', ' ')],
];

/** A text of the template, or a path in it, with these names. */
export function renamed(text: string, { service, thing }: Names): string {
  const article = /^[aeiou]/.test(thing) ? text.replace(/\b([Aa]) (?=new thing\b)/g, '$1n ') : text;
  return FORMS.reduce(
    (all, [of, form]) => all.replaceAll(`${of}s`, form(service)).replaceAll(of, form(thing)),
    article,
  );
}
