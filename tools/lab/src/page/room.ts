import type { Timeline } from './timeline';

/** The distance between two things that happen; smaller when there are many. */
const STEP = { most: 30, least: 20, width: 620 };
/** How wide the label of a pause is, such as "12.3 s later". */
const LABEL = 64;

/** What all charts of one picture share, so that the same distance means the same in each. */
export interface Room {
  /** As many as the longest of them has. */
  readonly slots: number;
  /** Between two slots. */
  readonly step: number;
  /** Lines of labels below each chart. */
  readonly lines: number;
}

export function roomFor(timelines: readonly Timeline[]): Room {
  const slots = Math.max(1, ...timelines.map((timeline) => timeline.slots));
  const step = Math.max(STEP.least, Math.min(STEP.most, STEP.width / slots));
  const lines = Math.max(0, ...timelines.flatMap(({ pauses }) => linesOf(pauses, step).map((line) => line + 1)));
  return { slots, step, lines };
}

/** The line (from 0) of each pause's label, so that no label covers another. */
export function linesOf(pauses: Timeline['pauses'], step: number): number[] {
  const ends: number[] = [];
  return pauses.map(({ slot }) => {
    const begin = slot * step - LABEL / 2;
    const free = ends.findIndex((end) => end <= begin);
    const line = free < 0 ? ends.length : free;
    ends[line] = begin + LABEL;
    return line;
  });
}
