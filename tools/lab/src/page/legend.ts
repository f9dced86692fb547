import { legendOf } from '@ticketing/charts';

const svg = (inside: string, width = 24) =>
  `<svg class="key" width="${width}" height="22" viewBox="0 0 ${width} 22" aria-hidden="true">${inside}</svg>`;
const circle = (kind: string, more = '') =>
  svg(`<g class="key ${kind}"><circle cx="11" cy="11" r="8.5"/><text x="11" y="14.5">3</text>${more}</g>`);
const fault = (text: string) => `<g class="fault"><circle cx="18" cy="5" r="5"/><text x="18" y="8">${text}</text></g>`;

const SIGNS: readonly (readonly [string, string])[] = [
  [circle('in-order'), 'version 3 came in order'],
  [circle('early'), 'early: before an older version'],
  [circle('late'), 'late: after a newer version'],
  [
    svg('<g class="key again"><path d="M11 1L21 11L11 21L1 11Z"/><text x="11" y="14.5">3</text></g>'),
    'again: a copy, or redelivered',
  ],
  [circle('in-order unused'), 'dashed: this delivery changed nothing'],
  [
    svg('<path class="wait" d="M2 11H20"/><circle class="landed" cx="20" cy="11" r="3"/>'),
    'waited, and was written later',
  ],
  [svg('<path class="state" d="M2 18H11V5H22"/>'), 'version of the copy'],
  [svg('<path class="back" d="M11 4V18"/>'), 'back to an older version'],
  [circle('in-order', fault('✕')), 'lost update'],
  [circle('in-order', fault('2×')), 'applied twice'],
  [
    svg(
      '<g class="end right"><circle class="goal" cx="11" cy="11" r="8"/><circle class="got" cx="11" cy="11" r="4.5"/></g>',
    ),
    'ended right',
  ],
  [
    svg('<g class="end wrong"><circle class="got" cx="11" cy="11" r="4.5"/></g>'),
    'ended wrong (the ring is where it should)',
  ],
];

/** What the signs of the charts mean. */
export const LEGEND = legendOf(SIGNS);
