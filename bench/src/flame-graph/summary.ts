import { table } from '@ticketing/command-line';
import { KINDS, type Kind } from './place';
import type { Profile } from './profile';
import { type Frame, stacksOf } from './stacks';

const FUNCTIONS = 15;

/** Share (0 to 1) of the time that each kind of code ran itself; only kinds that ran. Together they are 1. */
export function sharesOf(root: Frame): ReadonlyMap<Kind, number> {
  const self = selfBy(root, ({ kind }) => kind);
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => self.has(kind));
  return new Map(kinds.map((kind) => [kind, (self.get(kind) ?? 0) / root.totalMs]));
}

/** Whose code took the time, and which functions took most of it themselves. Time in which nothing ran does not count. */
export function summary(profile: Profile): string {
  const root = stacksOf(profile);
  if (root.totalMs === 0) return 'Nothing ran in this profile.';
  const percent = (share: number) => `${(share * 100).toFixed(1).padStart(5)} %`;
  const functions = largest(selfBy(root, ({ label }) => label)).slice(0, FUNCTIONS);
  return [
    `${root.totalMs.toFixed(0)} ms on the CPU`,
    '',
    table(
      ['  self', 'whose code'],
      largest(sharesOf(root)).map(([kind, share]) => [percent(share), kind]),
    ),
    '',
    table(
      ['  self', 'ms', 'function'],
      functions.map(([label, ms]) => [percent(ms / root.totalMs), ms.toFixed(1), label]),
    ),
  ].join('\n');
}

/** Sums up the time of the frames themselves; nothing for those that only called others. */
function selfBy<Key>(root: Frame, keyOf: (frame: Frame) => Key): Map<Key, number> {
  const sums = new Map<Key, number>();
  const add = (frame: Frame) => {
    if (frame.selfMs > 0) sums.set(keyOf(frame), (sums.get(keyOf(frame)) ?? 0) + frame.selfMs);
    frame.children.forEach(add);
  };
  add(root);
  return sums;
}

function largest<Key>(sums: ReadonlyMap<Key, number>): [Key, number][] {
  return [...sums].sort(([, one], [, other]) => other - one);
}
