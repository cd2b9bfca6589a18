/** How the debug page looks: light and dark, wide and narrow. */
export const debugStyle = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5d6878; --line: #e2e6ec; --accent: #1d6fb8;
  --bad: #b3261e; --busy: #8a5a00; --good: #1a7f4b; --bar: #cfe0f1; --bar-mid: #7fb0dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #98a4b5; --line: #2a323e; --accent: #7cb8f2;
    --bad: #ff8a80; --busy: #f0c36d; --good: #6fd6a0; --bar: #2f4f70; --bar-mid: #4c86bd;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; margin-bottom: 1rem; }
h1 { font-size: 1.5rem; margin: 0; letter-spacing: -.01em; }
#live { color: var(--good); }
#live[data-state="lost"] { color: var(--bad); }
#live[data-state="paused"] { color: var(--soft); }
#live::before { content: "●"; margin-right: .35em; font-size: .8em; }
nav { margin-left: auto; display: flex; gap: 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); margin: 0 0 2rem; overflow: hidden;
  background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
dl > div { padding: .6rem .9rem; box-shadow: 1px 1px 0 var(--line); }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-size: 1.25rem; font-weight: 600; white-space: nowrap; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin-bottom: 1.25rem; overflow: hidden; }
h2 { font-size: 1.05rem; margin: 0; padding: .7rem .9rem; overflow-wrap: anywhere; }
h2 small { font-weight: 400; color: var(--soft); margin-left: .2rem; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: .45rem .55rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); vertical-align: baseline; }
th { color: var(--soft); font-weight: 500; font-size: .8rem; }
th { width: 5.2rem; }
th:first-child { width: auto; }
th:nth-child(5) { width: 7.5rem; text-align: center; }
th:last-child, td:last-child { padding-right: .9rem; }
th:first-child, td:first-child { padding-left: .9rem; text-align: left; white-space: normal; overflow-wrap: anywhere; }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 6%, transparent); }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code b { font-weight: 600; color: var(--accent); }
.tag { font-size: .7rem; padding: .05rem .4rem; margin-left: .4rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--soft); }
.zero { color: var(--soft); opacity: .55; }
.bad { color: var(--bad); font-weight: 600; }
.busy { color: var(--busy); font-weight: 600; }
svg { width: 6rem; height: .55rem; vertical-align: middle; border-radius: .2rem; background: var(--line); }
svg .p99 { fill: var(--bar); } svg .p90 { fill: var(--bar-mid); } svg .p50 { fill: var(--accent); }
details { border-top: 1px solid var(--line); padding: .45rem .9rem; color: var(--soft); }
summary { cursor: pointer; }
details ul { margin: .4rem 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.empty { padding: 2rem; text-align: center; color: var(--soft); }
@media (max-width: 62rem) {
  thead { display: none; }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(8, 1fr); gap: .35rem .6rem; padding: .6rem .9rem; border-top: 1px solid var(--line); }
  td, td:first-child, td:last-child { display: block; padding: 0; border: 0; text-align: left; }
  td:first-child { grid-column: 1 / -1; }
  td::before { content: attr(data-label); display: block; color: var(--soft); font-size: .7rem; line-height: 1.2; }
  td:first-child::before { content: none; }
  svg { width: 100%; }
}
@media (max-width: 46rem) {
  body { padding: 1.2rem .8rem 3rem; }
  dl { grid-template-columns: repeat(3, 1fr); margin-bottom: 1.25rem; }
  dd { font-size: 1.05rem; }
  tr { grid-template-columns: repeat(4, 1fr); padding: .7rem .9rem; }
}
`;
