/** How the page of an API looks: as wide as a phone or a desk, light or dark. */
export const pageStyle = `
:root { color-scheme: light dark; --fg: light-dark(#1c2128, #e6e9ee); --dim: light-dark(#59636e, #9aa4b0);
  --bg: light-dark(#fff, #14171c); --raised: light-dark(#f6f8fa, #1c2128); --line: light-dark(#d9dee4, #323a44);
  --link: light-dark(#0757ba, #74b0ff); --get: light-dark(#0757ba, #74b0ff); --post: light-dark(#126b34, #5fc982);
  --put: light-dark(#8a4b00, #f0a94a); --delete: light-dark(#b3202c, #ff8a84); --other: light-dark(#6b3fa0, #c6a0f5) }
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1rem }
body { margin: 0 auto; max-width: 80rem; padding: 0 1.25rem 4rem; background: var(--bg); color: var(--fg);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
code, pre, .path, .type, .method, .bounds { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
code, pre, .type, .bounds { font-size: .875em }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px }
header { padding: 2.5rem 0 1.25rem; border-bottom: 1px solid var(--line) }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em }
h1 small { font-size: .9rem; font-weight: 500; color: var(--dim); border: 1px solid var(--line); border-radius: 99px;
  padding: .15rem .6rem; vertical-align: middle; letter-spacing: 0 }
header .prose { max-width: 44rem; margin: .75rem 0 0; color: var(--dim) }
.server { margin: .5rem 0 0; color: var(--dim) }
.columns { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 2.5rem; align-items: start }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 0; font-size: .875rem }
nav h2, section > h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--dim) }
nav h2 { margin: 0 0 .4rem } nav ul { list-style: none; margin: 0 0 1.5rem; padding: 0 }
nav a { display: flex; gap: .5rem; align-items: baseline; padding: .25rem .4rem; border-radius: 6px; color: var(--fg) }
nav a:hover { background: var(--raised); text-decoration: none }
nav .method { min-width: 3.6rem; font-size: .7rem; padding: 0; background: none; text-align: left }
nav .path { font-size: .8rem }
main { padding-top: 1.5rem; min-width: 0 }
section { margin-bottom: 2.5rem } section > h2 { margin: 0 0 .75rem }
.method { --c: var(--other); color: var(--c); font-size: .75rem; font-weight: 700; padding: .15rem .5rem;
  border-radius: 6px; background: color-mix(in srgb, var(--c) 13%, transparent); flex: none; text-align: center }
.get, .head { --c: var(--get) } .post { --c: var(--post) } .put, .patch { --c: var(--put) } .delete { --c: var(--delete) }
.operation { border: 1px solid var(--line); border-radius: 10px; margin-bottom: .75rem; background: var(--bg) }
.operation:target, .schema:target { border-color: var(--link) }
summary { display: flex; flex-wrap: wrap; gap: .35rem .75rem; align-items: center; padding: .7rem 1rem; cursor: pointer;
  list-style: none; border-radius: 10px } summary::-webkit-details-marker { display: none }
summary::after { content: ""; margin-left: auto; width: .45rem; height: .45rem; border: solid var(--dim);
  border-width: 0 2px 2px 0; transform: rotate(45deg) translate(-2px, -2px); flex: none }
[open] > summary::after { transform: rotate(225deg) translate(-2px, -2px) }
summary:hover { background: var(--raised) } [open] > summary { border-radius: 10px 10px 0 0; border-bottom: 1px solid var(--line) }
summary .path { font-weight: 600; font-size: .95rem } summary .summary { color: var(--dim) }
.body { padding: .25rem 1rem 1rem } .body > .prose { max-width: 44rem }
h3 { font-size: .9rem; margin: 1.25rem 0 .4rem }
.rows { border: 1px solid var(--line); border-radius: 8px; overflow: hidden }
.row { display: grid; grid-template-columns: minmax(7rem, 12rem) minmax(0, 1fr); gap: .25rem 1rem; padding: .45rem .75rem }
.row + .row { border-top: 1px solid var(--line) } .row .prose { margin: .1rem 0 0; font-size: .875rem; color: var(--dim) }
.required { color: var(--delete); margin-left: .15rem } .place, .bounds { color: var(--dim); font-size: .8rem }
.type { color: var(--other) } p.type { margin: 0 0 .4rem } .type a { color: inherit; text-decoration: underline dotted }
.medias { margin: .4rem 0 } .media { background: var(--raised); border: 1px solid var(--line); border-radius: 5px;
  padding: .05rem .35rem; white-space: nowrap }
.shape { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: .75rem; align-items: start }
pre { margin: 0; padding: .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 8px;
  overflow: auto; max-height: 24rem; overflow-wrap: normal; line-height: 1.45 }
.answer { margin: .6rem 0 .2rem } .status { font-variant-numeric: tabular-nums; color: var(--post) }
.status.problem { color: var(--delete) } .problems { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .9rem 0 0;
  font-size: .875rem; color: var(--dim) }
.schema { border: 1px solid var(--line); border-radius: 10px; padding: 0 1rem 1rem; margin-bottom: .75rem }
@media (max-width: 56rem) {
  body { padding: 0 .9rem 3rem } header { padding-top: 1.5rem } h1 { font-size: 1.5rem }
  .columns { display: block } nav { position: static; max-height: none; padding: 1rem 0 0 }
  nav ul { margin-bottom: 1rem } nav a { padding: .45rem .4rem } .shape { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 32rem) {
  .row { grid-template-columns: minmax(0, 1fr) } summary .summary { flex-basis: 100% }
  summary { position: relative; padding-right: 2.2rem } summary::after { position: absolute; right: 1rem; top: 1.1rem }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
@media print { nav, summary::after { display: none } .columns { display: block } }
`;
