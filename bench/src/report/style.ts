/** The look of a chart; the colours come from the page or the picture around it. */
export const CHART_STYLE = `
.ours .bar { fill: var(--state); } .ceiling .bar { fill: var(--ceiling); }
text { font-size: 13px; fill: var(--ink); } .figure { text-anchor: end; font-weight: 600; }
.ratio { font-size: 12.5px; fill: var(--soft); } tspan { font-weight: 700; }
tspan.good { fill: var(--good); } tspan.bad { fill: var(--bad); }
.whisker { stroke: var(--ink); stroke-width: 1.5; } .wanted { stroke: var(--wanted); stroke-width: 3; }
`;

/** What the page needs besides the base. */
export const PAGE_STYLE = `
:root { --ceiling: #b4bdc9; --wanted: #d9660a; }
@media (prefers-color-scheme: dark) { :root { --ceiling: #566273; --wanted: #ffa04d; } }
.cards { align-items: start; } .card p { margin: 4px 0 12px; } .card svg { width: 100%; overflow: visible; }
.card table { font-size: 13px; margin: 12px 0 0; border: 0; } .card td, .card thead th { text-align: right; } th .ratio { color: var(--soft); font-weight: 400; } .card ul { color: var(--bad); }
.better { font-weight: 600; color: var(--ink); } th, td { text-align: left; } td.bad { font-weight: 700; }
.legend { font-size: 13.5px; } .legend svg { flex: none; }
@media (max-width: 520px) { body { padding: 18px 12px 40px; } .card { padding: 14px; } h1 { font-size: 23px; } th, td { padding: 5px 6px; font-size: 12.5px; } }
`;

/** One set of colours that is readable on white and on black, because a picture does not know the page around it. */
export const PICTURE_COLOURS =
  'svg { --ink: #737c87; --soft: #737c87; --state: #3b82d6; --ceiling: #9aa4b0; --wanted: #d9660a; --good: #23915a; --bad: #e0434f; font-family: system-ui, sans-serif; } .bar { opacity: .5; }';
