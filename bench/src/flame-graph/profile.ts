import { readFileSync } from 'node:fs';
import { CommandError } from '@ticketing/command-line';

/** A function as V8 names it. `lineNumber` counts from 0; `url` is empty for what is built in. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What `node --cpu-prof` writes: each node is a function in the stack of its parents, each sample the node that ran. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** In microseconds, as are `endTime` and the deltas. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  /** The time from the sample before (from the start, for the first one) to each sample. */
  readonly timeDeltas: readonly number[];
}

/** @throws CommandError when the file cannot be read, or is not a profile */
export function readProfile(file: string): Profile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
  const parsed = parse(text);
  if (isProfile(parsed)) return parsed;
  throw new CommandError(`${file} is not a CPU profile with samples. Make one with: node --cpu-prof PROGRAM`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Loose<T> = { readonly [Key in keyof T]?: unknown };

const isNumber = (value: unknown) => typeof value === 'number';

function isProfile(value: unknown): value is Profile {
  if (typeof value !== 'object' || value === null) return false;
  const { nodes, startTime, endTime, samples, timeDeltas } = value as Loose<Profile>;
  if (!isNumber(startTime) || !isNumber(endTime) || !Array.isArray(nodes)) return false;
  if (!Array.isArray(samples) || !Array.isArray(timeDeltas) || samples.length !== timeDeltas.length) return false;
  return nodes.length > 0 && samples.length > 0 && [samples, timeDeltas].flat().every(isNumber) && nodes.every(isNode);
}

function isNode(node: unknown): boolean {
  const { id, callFrame, children = [] } = (node ?? {}) as Loose<Profile['nodes'][number]>;
  const { functionName, url, lineNumber } = (callFrame ?? {}) as Loose<CallFrame>;
  const named = typeof functionName === 'string' && typeof url === 'string' && isNumber(lineNumber);
  return isNumber(id) && named && Array.isArray(children) && children.every(isNumber);
}
