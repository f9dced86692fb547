import type { CallFrame } from './profile';

/** Whose code a function is, with its colour in the picture. */
export const KINDS = {
  'our code': '#f2a65a',
  mongoose: '#d98a8a',
  'mongodb driver, bson': '#8fc28a',
  'express, router': '#8fb3e0',
  'nats clients': '#b79be0',
  'other packages': '#d9c48a',
  'other code': '#e8d8c4',
  'node internals': '#c3cad4',
  'garbage collector': '#e06c75',
  program: '#dfe3e9',
} as const;

export type Kind = keyof typeof KINDS;

const PACKAGES: readonly (readonly [Kind, RegExp])[] = [
  ['mongoose', /^(mongoose(-update-if-current)?|kareem|mquery|mpath|sift)$/],
  ['mongodb driver, bson', /^(mongodb(-connection-string-url)?|bson)$/],
  ['express, router', /^(express|router|body-parser|finalhandler|path-to-regexp|raw-body|send|serve-static)$/],
  ['nats clients', /^(node-nats-streaming|nats|nuid|google-protobuf)$/],
];

/** The last folder of packages in a path, and the rest of it from the package's name. */
const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?([^/]+).*)$/;
/** The last workspace in a path, and the rest of it. */
const WORKSPACE = /(?:.*\/)?((?:(packages|services)\/[^/]+|tools\/[^/]+|bench|e2e)\/(?:dist|src)\/.*)$/;

export interface Place {
  readonly kind: Kind;
  /** Such as `save mongoose/lib/model.js:123`; never the path of a machine. */
  readonly label: string;
}

/** Where a function is. */
export function placeOf({ functionName, url, lineNumber }: CallFrame): Place {
  if (functionName === '(garbage collector)') return { kind: 'garbage collector', label: functionName };
  if (url === '' && functionName.startsWith('(')) return { kind: 'program', label: functionName };
  const { kind, file } = fileOf(url.replaceAll('\\', '/'));
  const name = functionName || '(anonymous)';
  return { kind, label: file === '' ? name : `${name} ${file}:${lineNumber + 1}` };
}

function fileOf(url: string): { kind: Kind; file: string } {
  if (url === '' || url.startsWith('node:')) return { kind: 'node internals', file: url };
  const [, inPackage, name = ''] = PACKAGE.exec(url) ?? [];
  if (inPackage !== undefined) {
    return { kind: PACKAGES.find(([, names]) => names.test(name))?.[0] ?? 'other packages', file: inPackage };
  }
  const [, inWorkspace, ours] = WORKSPACE.exec(url) ?? [];
  if (inWorkspace !== undefined) return { kind: ours === undefined ? 'other code' : 'our code', file: inWorkspace };
  return { kind: 'other code', file: url.slice(url.lastIndexOf('/') + 1) };
}
