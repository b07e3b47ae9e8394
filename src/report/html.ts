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
  summary: "report.html: the whole report in one page that needs no network",
  render: (summary, raw) => [{ path: "report.html", content: reportPage(summary, raw) }],
};

/** The report as a page in one file; with links to others where it is served. */
export function reportPage(summary: Summary, raw?: RawRun, served?: Served): string {
  const { title, subtitle, blocks } = buildDocument(summary, raw);
  return pageOf({
    title,
    ...(subtitle !== undefined && { subtitle }),
    main: printBlocks(blocks) + (raw ? `\n${rawTrials(raw)}` : ""),
    ...(raw && { data: `${embedRawRun(raw)}\n${embedWarmups(summary, raw)}` }),
    served,
  });
}

/** The script puts the list in the place of the last paragraph when somebody opens it. */
const rawTrials = (raw: RawRun): string =>
  `<details class="raw-trials">
<summary>Raw trials</summary>
<p>In the order in which they were measured. A click on a trial draws its samples in their order; what lies in the shade was taken for warm-up and left out.</p>
<p>SHA-256 of these records: <code class="digest">${
    recordsDigest(raw)
  }</code>. Whoever has it from elsewhere, from who measured or from the run itself, can tell by it that this page was made from the same records; alone it proves nothing, because who changes records changes it as well. <code>slope report --verify PAGE RUN</code> compares a page with the files of a run.</p>
<p class="list-state">The list takes a browser that runs the script of this page.</p>
</details>`;

/** How many of the samples of each trial are warm-up, in the order in which the page holds them. */
function embedWarmups(summary: Summary, { trials }: RawRun): string {
  const counts = warmupsOf(summary);
  const ofTrials = inStoredOrder(trials).map((trial) => counts.get(trialKey(trial)) ?? 0);
  return `<script type="application/json" id="warm-ups">${JSON.stringify(ofTrials)}</script>`;
}
