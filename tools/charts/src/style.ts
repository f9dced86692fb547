/** The look of every page of the project. Colours mean the same in light and dark; only their values change. */
export const BASE_STYLE = `
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
svg { display: block; font-family: inherit; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 14px 0 20px; padding: 0; list-style: none; font-size: 13.5px; }
.legend li { display: flex; gap: 7px; align-items: center; }
table { margin-bottom: 12px; border-collapse: collapse; font-size: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; width: 100%; }
th, td { padding: 7px 10px; text-align: right; border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; vertical-align: bottom; }
code { font-size: 13px; background: var(--hero); padding: 1px 5px; border-radius: 5px; }
`;
