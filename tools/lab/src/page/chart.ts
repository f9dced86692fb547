import { escape } from '@ticketing/charts';
import { linesOf, type Room } from './room';
import type { Mark, Timeline } from './timeline';

const LEFT = 34;
/** The label of a crash stands above all marks and their badges. */
const TOP = 26;
const CRASH = 9;
const ROW = 22;
const BOTTOM = 34;
const R = 8.5;
const LINE = 12;
/** A wider chart scrolls; up to this width it is made to fit its card, so that its end is visible. */
const FIT = 1_200;

const place = (x: number, y: number) => `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;

/** Draws a timeline: arrivals from left to right, versions from bottom to top, the copy's version as a line. */
export function chartOf(timeline: Timeline, label: string, room: Room): string {
  const { marks, versions } = timeline;
  const { step } = room;
  const x = (slot: number) => LEFT + 20 + slot * step;
  const y = (version: number) => TOP + (versions - 1 - version) * ROW;
  const end = x(room.slots - 1) + 40;
  const width = end + 20;
  const floor = y(-1);
  const height = floor + BOTTOM + Math.max(0, room.lines - 1) * LINE;
  const axes = { x, y, end, floor };
  const lines = linesOf(timeline.pauses, step);
  return [
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="${width > FIT ? 'wide' : ''}" role="img" aria-label="${escape(label)}">`,
    ...Array.from({ length: versions }, (_, version) => rowOf(version, axes)),
    ...timeline.pauses.map(({ slot, ms }, index) => {
      const at = x(slot) - step / 2;
      return `<g class="pause"><path d="M${place(at, TOP - 8)}V${floor}"/><text x="${at}" y="${floor + 28 + (lines[index] ?? 0) * LINE}">${(ms / 1000).toFixed(1)} s later</text></g>`;
    }),
    ...timeline.crashes.map((slot) => {
      const at = x(slot) - step / 2;
      return `<g class="crash"><title>Member A is killed here</title><path d="M${place(at, TOP - 8)}V${floor}"/><text x="${at}" y="${CRASH}">A killed</text></g>`;
    }),
    stateOf(timeline, axes),
    ...marks.map((mark) => waitOf(mark, axes)),
    ...marks.map((mark) => markOf(mark, axes)),
    endOf(timeline, axes),
    '</svg>',
  ].join('\n');
}

interface Axes {
  readonly x: (slot: number) => number;
  readonly y: (version: number) => number;
  readonly end: number;
  readonly floor: number;
}

function rowOf(version: number, { y, end }: Axes): string {
  return `<g class="row"><path d="M${LEFT} ${y(version)}H${end}"/><text x="${LEFT - 8}" y="${y(version) + 4}">v${version}</text></g>`;
}

/** The copy's version as steps; a step back to an older version is drawn over it. */
function stateOf({ states, ended }: Timeline, { x, y, end }: Axes): string {
  let path = `M${place(LEFT, y(-1))}`;
  let back = '';
  let before = -1;
  for (const state of states) {
    path += `H${x(state.slot)}V${y(state.version)}`;
    if (state.back) back += `M${place(x(state.slot), y(before))}V${y(state.version)}`;
    before = state.version;
  }
  path += `H${end}`;
  const title = `<title>The version of the copy. It ended at ${ended.version}.</title>`;
  return `<path class="state" d="${path}">${title}</path>${back && `<path class="back" d="${back}"><title>Back to an older version</title></path>`}`;
}

/** From the arrival to the write, when other events arrived in between. */
function waitOf({ slot, version, written }: Mark, { x, y }: Axes): string {
  if (written === undefined || written.slot === slot) return '';
  return `<path class="wait" d="M${place(x(slot), y(version))}H${x(written.slot)}"/><circle class="landed" cx="${x(written.slot)}" cy="${y(version)}" r="3"/>`;
}

function markOf(mark: Mark, { x, y, floor }: Axes): string {
  const { slot, version, arrival, written, twice, lost, delivery } = mark;
  const [cx, cy] = [x(slot), y(version)];
  const classes = ['mark', arrival.replace(' ', '-'), ...(written === undefined ? ['unused'] : [])];
  const shape =
    arrival === 'again'
      ? `<path d="M${place(cx, cy - R - 1.5)}L${place(cx + R + 1.5, cy)}L${place(cx, cy + R + 1.5)}L${place(cx - R - 1.5, cy)}Z"/>`
      : `<circle cx="${cx}" cy="${cy}" r="${R}"/>`;
  const fault = lost ? 'lost' : twice ? 'twice' : '';
  const badge = fault && `<g class="fault ${fault}">${faultOf(fault, cx, cy)}</g>`;
  return (
    `<g class="${classes.join(' ')}" data-v="${version}"><title>${escape(titleOf(mark))}</title>${shape}` +
    `<text x="${cx}" y="${cy + 3.5}">${version}</text>${badge}` +
    `<text class="member" x="${cx}" y="${floor + 12}">${escape(delivery.member)}</text></g>`
  );
}

function faultOf(fault: 'lost' | 'twice', cx: number, cy: number): string {
  const [bx, by] = [cx + 8, cy - 8];
  return `<circle cx="${bx}" cy="${by}" r="6.5"/><text x="${bx}" y="${by + 3}">${fault === 'lost' ? '✕' : '2×'}</text>`;
}

/** Says in words what the mark shows. */
export function titleOf({ version, arrival, written, twice, lost, delivery }: Mark): string {
  const { member, at, sequence, redelivered, ackedAt, ackLost } = delivery;
  const how = {
    'in order': 'in order',
    early: 'early: an older version has not come yet',
    late: 'late: a newer version came before',
    again: redelivered ? 'again: delivered once more by the server' : 'again: published once more',
  }[arrival];
  const unused = ackedAt === undefined ? 'not acked, so it comes again' : 'changed nothing, or was kept aside';
  const effect = written === undefined ? unused : `written ${Math.round(written.afterMs)} ms later`;
  const faults = [
    ...(twice ? ['APPLIED TWICE'] : []),
    ...(lost ? ['LOST: overwritten or passed over'] : []),
    ...(ackLost ? ['its ack is lost'] : []),
  ];
  const where = `member ${member}, ${Math.round(at)} ms, message ${sequence}`;
  return [`Version ${version} came ${how}`, effect, ...faults, where].join('; ');
}

/** The right end as a ring, and the actual end. */
function endOf({ ended, expected, right }: Timeline, { y, end }: Axes): string {
  const words = right
    ? `Ended right: version ${ended.version}, price ${ended.price}`
    : `Ended wrong: version ${ended.version}, price ${ended.price}; right is version ${expected.version}, price ${expected.price}`;
  return (
    `<g class="end ${right ? 'right' : 'wrong'}"><title>${words}</title>` +
    `<circle class="goal" cx="${end}" cy="${y(expected.version)}" r="9"/>` +
    `<circle class="got" cx="${end}" cy="${y(ended.version)}" r="5"/></g>`
  );
}
