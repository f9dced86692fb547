import { type Place, placeOf } from './place';
import type { Profile } from './profile';

/** A function in one stack. A function that calls itself is a frame over its own frame. */
export interface Frame extends Place {
  readonly selfMs: number;
  /** With all that it called. */
  readonly totalMs: number;
  readonly children: readonly Frame[];
}

/** The stacks of a profile as one tree, without the time in which nothing ran. */
export function stacksOf(profile: Profile): Frame {
  const self = selfTimes(profile);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const frameOf = (id: number): Frame[] => {
    const node = nodes.get(id);
    if (!node || node.callFrame.functionName === '(idle)') return [];
    const children = (node.children ?? []).flatMap(frameOf);
    const selfMs = (self.get(id) ?? 0) / 1000;
    const totalMs = children.reduce((sum, child) => sum + child.totalMs, selfMs);
    return totalMs > 0 ? [{ ...placeOf(node.callFrame), selfMs, totalMs, children }] : [];
  };
  const called = new Set(profile.nodes.flatMap(({ children = [] }) => children));
  const children = profile.nodes.flatMap(({ id }) => (called.has(id) ? [] : frameOf(id)));
  const [root, ...more] = children;
  if (root && more.length === 0) return root;
  const totalMs = children.reduce((sum, child) => sum + child.totalMs, 0);
  return { kind: 'program', label: '(root)', selfMs: 0, totalMs, children };
}

/** Microseconds by node: a sample counts until the next one. Samples may come out of order; then it counts nothing. */
function selfTimes({ samples, timeDeltas, startTime, endTime }: Profile): Map<number, number> {
  const self = new Map<number, number>();
  let at = startTime;
  samples.forEach((id, index) => {
    at += timeDeltas[index] ?? 0;
    const until = timeDeltas[index + 1] ?? endTime - at;
    self.set(id, (self.get(id) ?? 0) + Math.max(0, until));
  });
  return self;
}
