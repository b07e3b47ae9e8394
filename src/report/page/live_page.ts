import { escape } from "./escape.ts";
import { pageOf } from "./page.ts";

/** A sweep as it goes: filled by its events (`/runs/NAME/events`). */
export function livePage(run: string): string {
  const path = `/runs/${encodeURIComponent(run)}`;
  return pageOf({
    title: `Gradient benchmark ${run}`,
    main: `<p><a href="/">All runs</a> <a id="report" href="${path}" hidden>The report</a></p>
<div id="live" data-name="${escape(run)}">
<p><progress id="bar" aria-label="trials done"></progress> <span id="state" role="status">waiting for the first trial</span></p>
<p id="latest"></p>
<figure><svg id="plot" role="img" aria-label="Time per example over the number of examples so far"></svg>
<figcaption>Time per example over the number of examples, both logarithmic: medians of the trials so far</figcaption></figure>
<div class="scroll" tabindex="0" role="group" aria-label="cells so far"><table id="cells"></table></div>
</div>`,
    script: "live.js",
    connects: true,
  });
}
