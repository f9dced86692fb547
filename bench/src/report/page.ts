import { cardOf, escape, htmlPage, legendOf, tableOf } from '@ticketing/charts';
import type { BenchResult, CaseResult, Spread } from '../rounds/result';
import { aboutRun } from './about';
import { chartOf } from './chart';
import { CHART_STYLE, PAGE_STYLE } from './style';
import { alsoOf, figure, isMet, limitsOf, range, verdictOf, wantedRatio } from './words';

const sign = (inside: string) => `<svg width="30" height="16" aria-hidden="true">${inside}</svg>`;
const bar = (kind: string) => `<g class="${kind}"><rect class="bar" y="2" width="28" height="12" rx="2"/></g>`;

const WHISKER =
  '<g class="whisker"><line x1="2" x2="26" y1="8" y2="8"/><line x1="2" x2="2" y1="4" y2="12"/><line x1="26" x2="26" y1="4" y2="12"/></g>';

const LEGEND = legendOf([
  [sign(bar('ours')), 'ours'],
  [sign(bar('ceiling')), 'a ceiling: the same work without the guarantees'],
  [sign('<line class="wanted" x1="14" x2="14" y1="0" y2="16"/>'), 'what ours should reach'],
  [sign(WHISKER), 'lowest to highest round'],
]);

const HOW_TO_READ = `A case is one thing that the services do. Its ceiling is a program that does the same work without the guarantees,
so the distance to it is what they cost. Ours and the ceilings take turns in every round,
so that a slow moment of the machine hits both; a ratio is ours by the ceiling's <b>in the same round</b>, and its median is what counts. A bar is the
median of the rounds, so the ratio of two bars may differ a little from the ratio below them. Ours should reach the mark; where lower is
better, ours should end before it. Compare figures of one machine only.`;

/** One self-contained page: how fast each case was, and how near to its ceilings. */
export function page(result: BenchResult): string {
  const [when = '', ...where] = aboutRun(result).map(escape);
  const body = `<p class="soft">${when}<br>${where.join('<br>')}</p>
<p>${HOW_TO_READ}</p>
${LEGEND}
<div class="cards">
${result.cases.map(caseCard).join('\n')}
</div>
<h2>All goals</h2>
${tableOf(['Case', 'Ratio to, or figure', 'Median', 'Rounds', 'Wanted', 'Met'], result.cases.flatMap(rowsOf))}`;
  return htmlPage({ title: 'What the guarantees cost', style: `${CHART_STYLE}${PAGE_STYLE}`, body });
}

function caseCard(one: CaseResult): string {
  const { name, title, unit, better, ceilings, broken } = one;
  const { good, words } = verdictOf(one);
  const { inside, height } = chartOf(one);
  const cell = (spread: Spread | undefined) =>
    `<td>${spread ? `${figure(spread.median)}<br><span class="soft">${range(spread)}</span>` : ''}</td>`;
  const goals = new Map(limitsOf(one).map((limit) => [limit.name, limit]));
  const more = alsoOf(one).map(({ name: what, of }) => {
    const goal = goals.get(what);
    const words = goal ? `<br><span class="ratio">wanted ${goal.wanted}: ${metOrNot(goal.met)}</span>` : '';
    return `<tr><th scope="row">${escape(what)}${words}</th>${of.map(cell).join('')}</tr>`;
  });
  const heads = ['', 'ours', ...ceilings.map((ceiling) => escape(ceiling.name))];
  const wrong = broken.map((what) => `<li>${escape(what)}</li>`);
  const lower = better === 'lower' ? ' <span class="better">Lower is better.</span>' : '';
  const body = `<p class="soft">${escape(title)}${lower}</p>
<svg height="${height}" role="img" aria-label="${escape(`${name}, ${unit}`)}">
${inside}
</svg>
${wrong.length > 0 ? `<ul>${wrong.join('')}</ul>` : ''}
${more.length > 0 ? tableOf(heads, more) : ''}`;
  return cardOf({ title: name, good, verdict: words, body });
}

const metOrNot = (met: boolean) => (met ? '<b class="good">met</b>' : '<b class="bad">not met</b>');

function rowsOf(one: CaseResult): string[] {
  const goals = [
    ...one.ceilings.map((ceiling) => {
      const { name, ratio } = ceiling;
      return { name, spread: ratio, wanted: wantedRatio(one, ceiling), met: isMet(one, ceiling) };
    }),
    ...limitsOf(one),
  ];
  return goals.map(({ name, spread, wanted, met }) => {
    const cells = [escape(name), figure(spread.median), range(spread), wanted].map((text) => `<td>${text}</td>`);
    return `<tr><th scope="row">${escape(one.name)}</th>${cells.join('')}<td class="${met ? 'good' : 'bad'}">${met ? 'yes' : 'NO'}</td></tr>`;
  });
}
