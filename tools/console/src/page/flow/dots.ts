import type { Step } from '../model/step';
import { toneOf } from '../model/words';

const TRAVEL_MS = 650;
/** More at a time than anybody can follow are left out: the figures tell them. */
const MOST_AT_ONCE = 80;
const MOST_WITH_LABEL = 14;
/** From the middle of the wire (px). */
const ASIDE = 7;

type Point = readonly [number, number];

interface Way {
  readonly start: Point;
  readonly end: Point;
  /** To the left, or up. */
  readonly back: boolean;
}

/** Draws each event as a dot that travels between the places of the picture. Without motion for those who want none. */
export class Dots {
  private underWay = 0;
  private labels = 0;
  /** When the dot of an event will be at the broker, so that it leaves from there only then. */
  private readonly atBroker = new Map<string, number>();
  private readonly still = window.matchMedia('(prefers-reduced-motion: reduce)');

  constructor(
    private readonly picture: HTMLElement,
    private readonly layer: HTMLElement,
  ) {}

  show(steps: readonly Step[]): void {
    if (this.still.matches || document.hidden) return;
    const now = Date.now();
    for (const step of steps) {
      if (now - step.at > 5_000) continue; // of the past, which the page gets when it is loaded
      const key = step.eventId ?? `${step.aggregateId}|${step.version}`;
      if (step.kind === 'published') {
        this.atBroker.set(key, now + TRAVEL_MS);
        this.travel(step, step.where, 'broker', 0);
      } else if (step.kind !== 'saved' && step.kind !== 'delivered' && step.kind !== 'not-published') {
        this.travel(step, 'broker', step.where, Math.max(0, (this.atBroker.get(key) ?? 0) - now));
      }
    }
    if (this.atBroker.size > 1_000) this.atBroker.clear();
  }

  private travel(step: Step, from: string, to: string, delay: number): void {
    if (this.underWay >= MOST_AT_ONCE) return;
    const way = this.wayBetween(from, to);
    if (!way) return;
    const dot = document.createElement('span');
    const family = step.subject.split(':', 1)[0] ?? '';
    dot.className = `dot ${family} ${from === 'broker' ? toneOf(step.kind) : ''} ${way.back ? 'back' : ''}`;
    if (this.underWay < MOST_WITH_LABEL) {
      if (this.labels++ % 2 === 1) dot.classList.add('far'); // so that two in a row can be read
      const label = document.createElement('span');
      const what = step.kind === 'published' ? '' : ` ${step.kind}`;
      label.textContent = `${step.subject} ${step.version ?? ''}${what}`;
      dot.append(label);
    }
    this.underWay += 1;
    this.layer.append(dot);
    const at = ([x, y]: Point) => `translate(${x}px, ${y}px)`;
    const frames = [
      { transform: at(way.start), opacity: 0 },
      { transform: at(way.start), opacity: 1, offset: 0.12 },
      { transform: at(way.end), opacity: 1, offset: 0.88 },
      { transform: at(way.end), opacity: 0 },
    ];
    const travel = dot.animate(frames, { duration: TRAVEL_MS, delay, easing: 'ease-in-out', fill: 'both' });
    travel.onfinish = travel.oncancel = () => {
      this.underWay -= 1;
      dot.remove();
    };
  }

  /** From edge to edge of two places, beside each other or one below the other. What travels back has its own side. */
  private wayBetween(from: string, to: string): Way | undefined {
    const [a, b] = [this.boxOf(from), this.boxOf(to)];
    if (!a || !b) return undefined;
    const { left, top } = this.picture.getBoundingClientRect();
    const isBeside = a.right <= b.left || b.right <= a.left;
    const back = isBeside ? b.left < a.left : b.top < a.top;
    const aside = back ? ASIDE : -ASIDE;
    const [middleX, middleY] = [(box: DOMRect) => box.left + box.width / 2, (box: DOMRect) => box.top + box.height / 2];
    const points: readonly Point[] = isBeside
      ? [
          [back ? a.left : a.right, middleY(a) + aside],
          [back ? b.right : b.left, middleY(b) + aside],
        ]
      : [
          [middleX(a) + aside, back ? a.top : a.bottom],
          [middleX(b) + aside, back ? b.bottom : b.top],
        ];
    const [start = [0, 0], end = [0, 0]] = points.map(([x, y]): Point => [x - left, y - top]);
    return { start, end, back };
  }

  private boxOf(place: string): DOMRect | undefined {
    return this.picture.querySelector(`[data-place="${CSS.escape(place)}"]`)?.getBoundingClientRect();
  }
}
