/** Colours are the same things in light and dark; only their values change. */
export const STYLE = `
:root { color-scheme: light dark;
  --bg: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5c6675; --line: #dfe3e9; --hero: #eef3fb;
  --state: #2f6fd0; --order: #d6e4fa; --order-ink: #174a9c; --early: #ffe9b0; --early-ink: #7a5200;
  --late: #ffd3ba; --late-ink: #8d3300; --again: #e5d8fb; --again-ink: #54289c; --bad: #cf2034; --good: #17804a; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #12161d; --card: #1a2029; --ink: #e6eaf0; --soft: #98a3b3; --line: #2c3541; --hero: #182233;
  --state: #6ea8ff; --order: #1f3a63; --order-ink: #cfe1ff; --early: #57430f; --early-ink: #ffe2a0;
  --late: #61301a; --late-ink: #ffd2bb; --again: #43306b; --again-ink: #e6d9ff; --bad: #ff6b7a; --good: #52c98a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1480px; padding: 28px 24px 60px; background: var(--bg); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 40px 0 10px; }
h3 { font-size: 15px; margin: 0; }
p { max-width: 78ch; margin: 0 0 12px; }
.soft { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 540px), 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; min-width: 0; }
.hero { background: var(--hero); border-color: transparent; }
.card header { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
.card ul { margin: 8px 0 0; padding-left: 18px; color: var(--soft); font-size: 14px; }
.verdict { font-size: 13px; font-weight: 600; white-space: nowrap; }
.scroll { overflow-x: auto; margin-top: 8px; }
svg { display: block; font-family: inherit; } @media (min-width: 700px) { .card svg:not(.wide) { max-width: 100%; height: auto; } }
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
.crash path { stroke: var(--bad); stroke-dasharray: 5 3; } .crash text { font-size: 10px; fill: var(--bad); }
.pause path { stroke: var(--soft); stroke-dasharray: 1 4; } .pause text { font-size: 10px; fill: var(--soft); text-anchor: middle; }
.goal { fill: none; stroke: var(--good); stroke-width: 2; } .right .got { fill: var(--good); } .wrong .got { fill: var(--bad); }
svg.dim .mark { opacity: .25; } svg.dim .mark.same { opacity: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 14px 0 20px; padding: 0; list-style: none; font-size: 13.5px; }
.legend li { display: flex; gap: 7px; align-items: center; }
table { margin-bottom: 12px; border-collapse: collapse; font-size: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; width: 100%; }
th, td { padding: 7px 10px; text-align: right; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; vertical-align: bottom; }
th:first-child, td:last-child, th:last-child { text-align: left; } td:last-child { color: var(--soft); min-width: 260px; }
td.zero { color: var(--soft); opacity: .6; } td.some { color: var(--bad); font-weight: 700; }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px; padding: 10px 0; background: var(--bg); }
nav button { font: inherit; font-size: 14px; padding: 5px 14px; border-radius: 999px; border: 1px solid var(--line); background: var(--card); color: var(--ink); cursor: pointer; }
nav button[aria-pressed="true"] { background: var(--state); border-color: var(--state); color: var(--bg); font-weight: 600; }
code { font-size: 13px; background: var(--hero); padding: 1px 5px; border-radius: 5px; }
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
