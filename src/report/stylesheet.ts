import { DARK, LIGHT, propertiesOf, type Scheme } from "./palette.ts";

function coloursOf(scheme: Scheme): string {
  const { text, ink, ground } = scheme;
  return `--text: ${text}; --ink: ${ink}; --page: ${ground}; --plot-page: ${ground};\n  ` +
    propertiesOf(scheme).map(([name, colour]) => `--${name}: ${colour};`).join(" ");
}

/** For all pages: readable on a phone, on paper and in the dark, with the fonts of the system. */
export const STYLESHEET = `:root {
  color-scheme: light dark; --bar: 0px; --turned: #ffffff;
  ${coloursOf(LIGHT)}
  --quiet: #59636e; --line: #d5dae0; --band: #f5f7f9;
  --warning: #8a5300; --warning-page: #fff6e5; --link: #0b57d0;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    ${coloursOf(DARK)}
    --turned: #000000; --quiet: #9aa5b1; --line: #38414b; --band: #1c2229;
    --warning: #f2c063; --warning-page: #2b2415; --link: #8ab4f8;
  }
}
html { scroll-padding-top: calc(var(--bar) + .5rem); }
* { box-sizing: border-box; }
body {
  margin: 0; color: var(--text); background: var(--page);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.0625rem; line-height: 1.3; margin: 0; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p, ul { margin: .5rem 0; max-width: 48rem; }
ul { padding-left: 1.25rem; }
li { margin: .3rem 0; }
.subtitle { color: var(--quiet); font-size: .8125rem; max-width: none; margin: 0 0 .5rem; }
.verdict { font-size: 1.5rem; line-height: 1.2; font-weight: 700; max-width: none; margin: .75rem 0; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem 1rem; margin: 0 0 .75rem; }
.tiles div { padding: .4rem .75rem; border-left: 4px solid var(--line); }
.tiles dt { color: var(--quiet); font-size: .8125rem; }
.tiles dd { margin: 0; font-size: .8125rem; line-height: 1.35; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.3; }
.failures { margin: .75rem 0; padding: .35rem .75rem; border: 2px solid var(--slower); border-radius: 6px; }
.failures ul { max-width: none; padding: 0; list-style: none; font-weight: 600; }
.trust { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; max-width: none; font-weight: 600; }
.trust .good { color: var(--faster); }
.trust .bad { color: var(--slower); }
.trust .doubt { color: var(--warning); }
.to-plot { font-size: .8125rem; white-space: nowrap; }
.warning {
  max-width: none; padding: .35rem .75rem; font-size: .8125rem; border-left: 4px solid var(--warning);
  background: var(--warning-page);
}
.warning strong { color: var(--warning); }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .3rem .4rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
tbody th.long { min-width: 16rem; max-width: 24rem; white-space: normal; overflow-wrap: anywhere; }
tr > :first-child { padding-left: 0; }
th.number, td.number { text-align: right; white-space: nowrap; }
.interval { display: block; color: var(--quiet); font-size: .75rem; }
tbody tr:hover { background: var(--band); }
pre { overflow-x: auto; padding: .75rem; background: var(--band); border: 1px solid var(--line); border-radius: 4px; font-size: .8rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 1rem; margin: 1rem 0; }
.figures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: .5rem; }
.figures.first { grid-template-columns: minmax(0, 11fr) minmax(0, 5fr); margin: .5rem 0; }
.figures.alone { grid-template-columns: minmax(0, 1fr); }
.narrow { display: none; }
.small figcaption { display: none; }
.small figure { padding: .25rem; }
figure {
  margin: 0; padding: .75rem; background: var(--plot-page); color: var(--text);
  border: 1px solid var(--line); border-radius: 6px;
}
figure svg { display: block; width: 100%; max-width: 640px; height: auto; margin: 0 auto; }
.first figure svg { max-width: 52rem; }
#plot-why svg { max-width: 24rem; }
.first figure figcaption { font-size: .75rem; }
figure svg:not(.samples) { background: var(--plot-page); color: var(--text); font: 12px sans-serif; }
figure svg text { white-space: pre; pointer-events: none; }
.figures.wide { grid-template-columns: minmax(0, 1fr); }
.drawn { overflow-x: auto; }
.more-left { --left: 2rem; }
.more-right { --right: 2rem; }
.more-left, .more-right {
  mask-image: linear-gradient(to right, transparent, #000 var(--left, 0px), #000 calc(100% - var(--right, 0px)), transparent);
}
.more-left:focus-visible, .more-right:focus-visible { mask-image: none; }
.drawn .pointed { outline: 2px solid var(--link); outline-offset: 3px; }
.drawn svg { min-width: 30rem; }
.first .drawn svg, .narrow svg { min-width: 0; }
.small .drawn svg { min-width: 0; }
.wide .drawn svg { max-width: none; min-width: 50rem; }
.wide .narrow svg { min-width: 0; }
figcaption { color: var(--quiet); font-size: .85rem; margin-top: .5rem; text-align: center; }
a { color: var(--link); }
button, input { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.switches {
  position: sticky; top: 0; z-index: 1; display: flex; gap: .25rem 1rem; padding: .4rem 0;
  background: var(--page); border-bottom: 1px solid var(--line); font-size: .8125rem;
}
.names { flex: 1; display: flex; flex-wrap: wrap; align-items: center; align-content: start; gap: .25rem; max-height: 4.5rem; overflow-y: auto; padding: 2px; }
.tools { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; align-content: start; justify-content: end; max-width: 19rem; }
.switches[hidden] { display: none; }
.switches button {
  max-width: 16rem; padding: .15rem .5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: none;
  background: var(--band); border: 1px solid var(--line); border-radius: 1rem; cursor: pointer;
}
.switches button[aria-pressed="false"] { text-decoration: line-through; color: var(--quiet); }
.switches .looked-at { border-color: var(--text); }
.swatch { display: inline-block; width: .7em; height: .7em; margin-right: .35em; border-radius: 50%; }
${propertiesOf(LIGHT).map(([name]) => `.colour-${name} { background: var(--${name}); }`).join("\n")}
[aria-pressed="false"] .swatch { opacity: .3; }
.looking svg .series:not(.looked-at) { opacity: .15; }
.looking tr.looked-at { background: var(--band); }
.left-out { display: none; }
.tip {
  position: absolute; z-index: 2; max-width: 22rem; padding: .3rem .5rem; white-space: pre-line; pointer-events: none;
  overflow-wrap: anywhere; unicode-bidi: plaintext;
  background: var(--text); color: var(--page); border-radius: 4px; font-size: .8rem;
}
.filter { margin: .5rem 0 0; color: var(--quiet); font-size: .8125rem; }
.switches .filter { margin: 0; }
.filter input { width: 9rem; padding: .1rem .3rem; background: var(--page); border: 1px solid var(--line); border-radius: 4px; }
progress { width: 16rem; max-width: 100%; accent-color: var(--link); }
[class^="state-"] { white-space: nowrap; }
.state-running { color: var(--faster); font-weight: 600; }
.state-interrupted, .state-damaged { color: var(--slower); }
form button { padding: .3rem .8rem; background: var(--band); border: 1px solid var(--line); border-radius: 4px; cursor: pointer; }
form button:disabled { color: var(--quiet); cursor: default; }
[class^="verdict-"] { font-weight: 600; white-space: nowrap; }
.verdict-slower { color: var(--slower); }
.verdict-faster { color: var(--faster); }
.verdict-same { color: var(--same); }
.verdict-unresolved { color: var(--unresolved); }
.skip { position: absolute; left: .5rem; top: -4rem; z-index: 3; padding: .25rem .75rem; background: var(--page); }
.skip:focus { top: .5rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.digest { font-size: .8125rem; }
details { border-top: 1px solid var(--line); }
details + details { margin-top: 0; }
summary { padding: .4rem 0; cursor: pointer; }
summary h2 { display: inline; margin: 0; padding: 0; border: 0; font-size: 1rem; }
details[open] { padding-bottom: 1rem; }
.metrics select { font: inherit; color: inherit; width: 24rem; max-width: 100%; padding: .15rem .3rem; background: var(--page); border: 1px solid var(--line); border-radius: 4px; }
.metrics label { font-weight: 600; }
.metrics.chosen h3 { display: none; }
.metric[hidden] { display: none; }
td .swatch { border-radius: 2px; }
.tall { max-height: 70vh; overflow: auto; }
.tall thead th { position: sticky; top: 0; background: var(--page); }
tbody button { padding: 0; background: none; border: 0; cursor: pointer; color: var(--link); text-decoration: underline; }
.samples circle { fill: var(--series-0); }
.samples .warm-up { fill: var(--line); opacity: .5; }
thead button { padding: 0; background: none; border: 0; cursor: pointer; font-weight: 600; text-align: inherit; }
thead button:hover { text-decoration: underline; }
th[aria-sort] button::after { content: " ▲"; }
th[aria-sort="descending"] button::after { content: " ▼"; }
@media (max-width: 60rem) {
  .figures.first { grid-template-columns: minmax(0, 1fr); }
  .switches { position: static; flex-direction: column; }
  .names { flex: none; max-height: 9.5rem; }
  .tools { max-width: none; justify-content: start; }
}
@media (max-width: 40rem) {
  .verdict { font-size: 1.375rem; }
  .tiles { grid-template-columns: minmax(0, 1fr); gap: .25rem; }
  .tiles b { display: inline; font-size: 1.125rem; margin-right: .35rem; }
  .roomy { display: none; }
  .narrow { display: block; }
  td:last-child:not(.number) { min-width: 10rem; }
  tbody th { white-space: normal; min-width: 7rem; overflow-wrap: anywhere; }
  figure { padding: .25rem; }
}
@media print {
  :root { color-scheme: light; --quiet: #444; --line: #bbb; --band: #fff; --warning: #000; --warning-page: #fff; }
  main { max-width: none; padding: 0; }
  .scroll, .drawn { overflow: visible; mask-image: none; }
  .switches, .filter, .tip, .raw-trials, .to-plot { display: none; }
  .narrow { display: none; }
  .roomy { display: block; }
  details:not([open]) { display: none; }
  table { font-size: 7.5pt; }
  th, td { padding: .2rem .25rem; }
  thead th, tbody th, tbody th.long, th.number, td.number, [class^="verdict-"] { min-width: 0; white-space: normal; }
  td, tbody th.long { overflow-wrap: anywhere; }
  td.number { overflow-wrap: normal; }
  .interval { font-size: inherit; }
  figure, tr, .warning { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .figures { display: block; }
  .drawn svg, .wide .drawn svg { min-width: 0; }
  figure { margin-bottom: 1rem; }
}
`;
