/** Of `report.html`: readable on a phone, on paper and in the dark, with the fonts of the system. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --text: #1d2125; --quiet: #59636e; --page: #fff; --line: #d5dae0; --band: #f5f7f9;
  --warning: #8a5300; --warning-page: #fff6e5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #dfe4ea; --quiet: #9aa5b1; --page: #15191e; --line: #38414b; --band: #1c2229;
    --warning: #f2c063; --warning-page: #2b2415;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; color: var(--text); background: var(--page);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p, ul { margin: .5rem 0; max-width: 48rem; }
ul { padding-left: 1.25rem; }
li { margin: .3rem 0; }
.warning {
  max-width: none; padding: .5rem .75rem; border-left: 4px solid var(--warning);
  background: var(--warning-page);
}
.warning strong { color: var(--warning); }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .8125rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .3rem .4rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; white-space: nowrap; }
tr > :first-child { padding-left: 0; }
th.number, td.number { text-align: right; white-space: nowrap; }
.interval { display: block; color: var(--quiet); font-size: .75rem; }
tbody tr:hover { background: var(--band); }
pre { overflow-x: auto; padding: .75rem; background: var(--band); border: 1px solid var(--line); border-radius: 4px; font-size: .8rem; }
figure {
  margin: 1rem 0 1.5rem; padding: .75rem; background: #fff; color: #222;
  border: 1px solid var(--line); border-radius: 6px;
}
figure svg { display: block; width: 100%; max-width: 760px; height: auto; margin: 0 auto; }
figcaption { color: #59636e; font-size: .85rem; margin-top: .5rem; text-align: center; }
@media (max-width: 40rem) {
  tbody th { white-space: normal; min-width: 7rem; overflow-wrap: anywhere; }
  figure { padding: .25rem; }
}
@media print {
  :root { --text: #000; --quiet: #444; --page: #fff; --line: #bbb; --band: #fff; --warning: #000; --warning-page: #fff; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; }
  figure, tr, .warning { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
