import type { Summary } from "../analysis/summary.ts";
import { buildDocument } from "./content.ts";
import { printBlocks } from "./page/blocks.ts";
import { pageOf } from "./page/page.ts";
import { embedRawRun, inStoredOrder, type RawRun } from "./page/raw_run.ts";
import type { Served } from "./page/served.ts";
import type { ReportFormat } from "./report_format.ts";
import { trialKey, warmupsOf } from "./warmups.ts";

export const htmlFormat: ReportFormat = {
  name: "html",
  summary: "report.html: the whole report in one page that needs no network",
  render: (summary, raw) => [{ path: "report.html", content: reportPage(summary, raw) }],
};

/** The report as a page in one file; with links to others where it is served. */
export function reportPage(summary: Summary, raw?: RawRun, served?: Served): string {
  const { title, subtitle, blocks } = buildDocument(summary, raw);
  return pageOf({
    title,
    ...(subtitle !== undefined && { subtitle }),
    main: printBlocks(blocks) + (raw ? `\n${RAW_TRIALS}` : ""),
    ...(raw && { data: `${embedRawRun(raw)}\n${embedWarmups(summary, raw)}` }),
    served,
  });
}

/** Filled by the script when it is opened. */
const RAW_TRIALS = `<details class="raw-trials" hidden>
<summary>Raw trials</summary>
<p>In the order in which they were measured. A click on a trial draws its samples in their order; what lies in the shade was taken for warm-up and left out.</p>
</details>`;

/** How many of the samples of each trial are warm-up, in the order in which the page holds them. */
function embedWarmups(summary: Summary, { trials }: RawRun): string {
  const counts = warmupsOf(summary);
  const ofTrials = inStoredOrder(trials).map((trial) => counts.get(trialKey(trial)) ?? 0);
  return `<script type="application/json" id="warm-ups">${JSON.stringify(ofTrials)}</script>`;
}
