/** The style of the lab's page on top of the base style. */
export const STYLE = `
.cards { grid-template-columns: repeat(auto-fill, minmax(min(100%, 680px), 1fr)); }
@media (min-width: 700px) { .card svg:not(.wide) { max-width: 100%; height: auto; } }
.row path { stroke: var(--line); fill: none; } .row text { font-size: 11px; text-anchor: end; fill: var(--soft); }
.state { fill: none; stroke: var(--state); stroke-width: 2.5; stroke-linejoin: round; }
.back { fill: none; stroke: var(--bad); stroke-width: 4; stroke-linecap: round; }
.wait { stroke: var(--early-ink); stroke-dasharray: 3 3; fill: none; opacity: .8; } .landed { fill: var(--state); }
.mark circle, .mark > path, .key circle, .key > path { stroke-width: 1.5; }
.mark text, .key text { font-size: 11px; font-weight: 600; text-anchor: middle; }
.mark .member { font-size: 9.5px; font-weight: 400; fill: var(--soft); }
.in-order > circle { fill: var(--order); stroke: var(--order-ink); } .in-order text { fill: var(--order-ink); }
.early > circle { fill: var(--early); stroke: var(--early-ink); } .early text { fill: var(--early-ink); }
.late > circle { fill: var(--late); stroke: var(--late-ink); } .late text { fill: var(--late-ink); }
.again > path { fill: var(--again); stroke: var(--again-ink); } .again text { fill: var(--again-ink); }
.unused > circle, .unused > path { fill: var(--card); stroke-dasharray: 2.5 2; } .hero .unused > :is(circle, path) { fill: var(--hero); }
.fault circle { fill: var(--bad); stroke: none; } .mark .fault text, .key .fault text { fill: var(--card); font-size: 8.5px; font-weight: 700; }
.crash path { stroke: var(--bad); stroke-dasharray: 5 3; } .crash text { font-size: 10px; fill: var(--bad); text-anchor: middle; }
.pause path { stroke: var(--soft); stroke-dasharray: 1 4; } .pause text { font-size: 10px; fill: var(--soft); text-anchor: middle; }
.goal { fill: none; stroke: var(--good); stroke-width: 2; } .right .got { fill: var(--good); } .wrong .got { fill: var(--bad); }
svg.dim .mark { opacity: .25; } svg.dim .mark.same { opacity: 1; }
th:first-child, td:last-child, th:last-child { text-align: left; } td:last-child { color: var(--soft); min-width: 260px; }
td.zero { color: var(--soft); opacity: .6; } td.some { color: var(--bad); font-weight: 700; }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px; padding: 10px 0; background: var(--bg); }
nav button { font: inherit; font-size: 14px; padding: 5px 14px; border-radius: 999px; border: 1px solid var(--line); background: var(--card); color: var(--ink); cursor: pointer; }
nav button[aria-pressed="true"] { background: var(--state); border-color: var(--state); color: var(--bg); font-weight: 600; }
`;

/** Shows one ticket at a time, and the other arrivals of the event under the pointer. Without it everything is shown. */
export const SCRIPT = `
const sections = [...document.querySelectorAll('section[data-ticket]')];
const nav = document.querySelector('nav');
const show = (ticket) => {
  for (const section of sections) section.hidden = section.dataset.ticket !== ticket;
  for (const button of nav.children) button.setAttribute('aria-pressed', String(button.dataset.ticket === ticket));
};
nav.addEventListener('click', ({ target }) => target.dataset.ticket && show(target.dataset.ticket));
show(nav.dataset.first);
nav.hidden = false;
document.addEventListener('pointerover', ({ target }) => {
  const mark = target.closest?.('.mark');
  for (const svg of document.querySelectorAll('svg.dim')) svg.classList.remove('dim');
  if (!mark) return;
  const svg = mark.closest('svg');
  for (const other of svg.querySelectorAll('.mark')) other.classList.toggle('same', other.dataset.v === mark.dataset.v);
  svg.classList.add('dim');
});
`;

/** For a picture without a background: every colour is readable on white and on dark. */
export const PICTURE_COLOURS = `
svg { --ink: #737c87; --soft: #737c87; --line: #b9c1cb; --card: #fff; --state: #3b82d6; --order: #d6e4fa; --order-ink: #174a9c;
  --early: #ffe9b0; --early-ink: #7a5200; --late: #ffd3ba; --late-ink: #8d3300; --again: #e5d8fb; --again-ink: #54289c;
  --bad: #e0434f; --good: #23915a; font-family: system-ui, sans-serif; }
.name { font-size: 14px; font-weight: 600; fill: var(--ink); } .good { fill: var(--good); } .bad { fill: var(--bad); }
`;
