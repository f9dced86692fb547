import { escape } from '@ticketing/lab';
import { KINDS } from './place';
import type { Profile } from './profile';
import { type Frame, stacksOf } from './stacks';
import { sharesOf } from './summary';

const WIDTH = 1200;
const ROW = 17;
const LEGEND = 56;
const LETTER = 6.1;
/** Thinner frames (share of the whole) cannot be seen. */
const THINNEST = 0.003;

const STYLE =
  'text { font: 10.5px ui-monospace, Menlo, Consolas, monospace; fill: #1c2430; } rect.frame { stroke: #fff; stroke-width: .5; } g:hover > rect.frame { stroke: #000; }';

interface Placed {
  readonly frame: Frame;
  readonly depth: number;
  readonly x: number;
  readonly width: number;
}

/** A flame graph: who called whom from the bottom up, as wide as the time it took with all that it called. */
export function draw(profile: Profile): string {
  const root = stacksOf(profile);
  const placed = root.totalMs > 0 ? placesOf(root, 0, 0, WIDTH / root.totalMs) : [];
  const rows = placed.reduce((most, { depth }) => Math.max(most, depth + 1), 0);
  const height = LEGEND + rows * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>${Math.round(root.totalMs)} ms on the CPU</title>
<style>${STYLE}</style>
<rect width="100%" height="100%" fill="#fff"/>
${legendOf(root)}
${placed.map((one) => rectOf(one, root, height)).join('\n')}
</svg>
`;
}

/** From left to right the widest first. */
function placesOf(frame: Frame, depth: number, x: number, scale: number): Placed[] {
  const width = frame.totalMs * scale;
  if (width < WIDTH * THINNEST) return [];
  const placed = [{ frame, depth, x, width }];
  let next = x;
  for (const child of [...frame.children].sort((one, other) => other.totalMs - one.totalMs)) {
    placed.push(...placesOf(child, depth + 1, next, scale));
    next += child.totalMs * scale;
  }
  return placed;
}

function rectOf({ frame, depth, x, width }: Placed, root: Frame, height: number): string {
  const { label, kind, totalMs, selfMs } = frame;
  const y = height - (depth + 1) * ROW;
  const percent = (ms: number) => `${((ms / root.totalMs) * 100).toFixed(1)} %`;
  const title = `${label} (${kind}): ${totalMs.toFixed(1)} ms, ${percent(totalMs)}; itself ${percent(selfMs)}`;
  const letters = Math.floor((width - 4) / LETTER);
  const text = letters < 3 ? '' : label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
  const written = text && `<text x="${(x + 2).toFixed(2)}" y="${y + 12}">${escape(text)}</text>`;
  return `<g><title>${escape(title)}</title><rect class="frame" x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW}" fill="${KINDS[kind]}"/>${written}</g>`;
}

/** Whose code each colour is, with the share of the time it ran itself; five in a line. */
function legendOf(root: Frame): string {
  return [...sharesOf(root)]
    .map(([kind, share], index) => {
      const [x, y] = [8 + (index % 5) * (WIDTH / 5), 8 + Math.floor(index / 5) * 20];
      return `<rect x="${x}" y="${y}" width="12" height="12" fill="${KINDS[kind]}"/><text x="${x + 18}" y="${y + 10}">${kind} ${(share * 100).toFixed(1)} %</text>`;
    })
    .join('\n');
}
