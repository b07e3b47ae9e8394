import { TUTORIALS } from "../navigation.js";
import { outputOf } from "../site_map.ts";

export const data = {
  layout: "page.11ty.js",
  permalink: "index.html",
  title: "Slope",
  isStart: true,
};

const card = ({ path, label, lead }) =>
  `<li><a href="${outputOf(path, "page")}">${label}</a><p>${lead}</p></li>`;

export const render = ({ firstScreen: { subtitle, html } }) =>
  `<h1>Which way of computing a gradient should you use, how does it scale, and why?</h1>
<p class="lead">Slope checks, explains and times programs that compute gradients: yours, in any
language, beside the fastest it knows. It runs on Deno, Bun and Node.</p>
<ul class="cards">
${TUTORIALS.map(card).join("\n")}
</ul>
<section class="first-screen" aria-labelledby="example">
<h2 id="example">What a report says first</h2>
<p class="subtitle">${subtitle}</p>
${html}
<p><a href="results/example/report.html">Open the whole report</a>: plots to explore, tables to sort
and every raw sample, in one file.</p>
</section>`;
