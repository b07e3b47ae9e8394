import { escape } from "../report/page/escape.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { ALL_RUNS, OVER_TIME, runAddress } from "../report/page/links.ts";

/** The page of a running sweep; its events (`/runs/NAME/events`), each a `LiveView`, fill it. */
export function livePage(run: string): string {
  return pageOf({
    title: `Gradient benchmark ${run}`,
    main: `<div id="live" data-name="${escape(run)}">
<p><progress id="bar" aria-label="trials done" value="0" hidden></progress>
<span id="state" role="status"></span>
<a id="report" href="${escape(runAddress(run))}" hidden></a></p>
<p id="connection" role="status"></p>
<p id="latest"></p>
<figure id="figure" hidden><div class="drawn" id="plot" tabindex="0" role="group" aria-label="plot"></div>
<figcaption>Time per example over the number of training examples, both logarithmic: medians of the trials so far. The table shows the markers.</figcaption></figure>
<div class="scroll" tabindex="0" role="group" aria-label="cells so far"><table id="cells"><thead></thead><tbody></tbody></table></div>
<section id="troubles" hidden><h2>Skipped and failed</h2><ul id="problems"></ul></section>
</div>`,
    scripts: ["follow.js", "live.js"].map((name) => new URL(name, import.meta.url)),
    connects: true,
    served: { links: [ALL_RUNS, OVER_TIME] },
  });
}
