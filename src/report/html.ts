import type { Summary } from "../format/summary.ts";
import { buildDocument } from "./run_document.ts";
import { printBlocks } from "./page/blocks.ts";
import { pageOf } from "./page/page_shell.ts";
import {
  embedRawRun,
  inStoredOrder,
  type RawRun,
  recordsDigest,
  trialKey,
} from "./page/raw_run.ts";
import type { Served } from "./page/links.ts";
import type { ReportFormat } from "./report_format.ts";
import { warmupsOf } from "./select.ts";

export const htmlFormat: ReportFormat = {
  name: "html",
  summary: "report.html: the whole report in a single file that makes no network requests",
  render: (summary, raw) => [{ path: "report.html", content: reportPage(summary, raw) }],
};

/** The report as a page in one file, with links to other pages where it is served. */
export function reportPage(summary: Summary, raw?: RawRun, served?: Served): string {
  const { title, subtitle, blocks } = buildDocument(summary, raw);
  return pageOf({
    title,
    ...(subtitle !== undefined && { subtitle }),
    main: printBlocks(blocks) + (raw ? `\n${rawTrials(recordsDigest(raw))}` : ""),
    ...(raw && { data: `${embedRawRun(raw)}\n${embedWarmups(summary, raw)}` }),
    served,
  });
}

/** A script replaces the last paragraph by the list when somebody opens it. */
const rawTrials = (digest: string): string =>
  `<details class="raw-trials">
<summary><h2>Raw trials</h2></summary>
<p>Trials in the order of measurement. A click on a trial draws its samples in order; shaded samples are warm-up and left out.</p>
<p>SHA-256 of these records: <code class="digest">${digest}</code>. If it equals a digest from another source, this page was made from the same records. Alone it proves nothing, because anybody who changes records can change it too. <code>slope report --verify PAGE RUN</code> compares a page with the files of a run.</p>
<p class="list-state">The list needs a browser that runs the script of this page.</p>
</details>`;

/** How many samples of each trial are warm-up, in the order of the trials within the page. */
function embedWarmups(summary: Summary, { trials }: RawRun): string {
  const counts = warmupsOf(summary);
  const ofTrials = inStoredOrder(trials).map((trial) => counts.get(trialKey(trial)) ?? 0);
  return `<script type="application/json" id="warm-ups">${JSON.stringify(ofTrials)}</script>`;
}
