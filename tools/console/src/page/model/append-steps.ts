import type { Step } from './step';

/** As many as the server keeps. */
export const SHOWN_STEPS = 5_000;

/**
 * The steps with these added, by time; those of one millisecond as they became known. One that is there already is not
 * added again, and the oldest give way.
 */
export function appendSteps(steps: readonly Step[], added: readonly Step[]): readonly Step[] {
  const highest = steps.reduce((most, { id }) => Math.max(most, id), 0);
  const all = [...steps, ...added.filter(({ id }) => id > highest)];
  const isSorted = all.every((step, place) => place === 0 || step.at >= (all[place - 1]?.at ?? 0));
  return (isSorted ? all : all.sort((a, b) => a.at - b.at || a.id - b.id)).slice(-SHOWN_STEPS);
}
