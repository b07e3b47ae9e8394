import { axesOfPlan, axisParts } from "../summary/axes.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, type ReportDocument, table } from "./document.ts";
import { keyResults } from "./key_results.ts";
import { formatCount } from "./numbers.ts";
import type { RawRun } from "./page/raw_run.ts";
import { againstSection, pairSection } from "./pair_section.ts";
import { plotsOf } from "./plots/plots_of_run.ts";
import {
  figuresSection,
  learningSection,
  resourceSection,
  steadinessSection,
  verificationSection,
} from "./result_sections.ts";
import { rooflineSection } from "./roofline_section.ts";
import { scalingSection } from "./scaling_section.ts";
import { dataSection, environmentSection, methodSection, planSection } from "./setup_section.ts";
import { placeOf, programName, termsOf } from "./terms.ts";
import { reasonsText } from "./reason_words.ts";
import { warningTexts } from "./warning_words.ts";

/** The whole report, in the order in which a reader needs it. */
export function buildDocument(summary: Summary, raw?: RawRun): ReportDocument {
  const drawn = plotsOf(summary, raw);
  const [first, ...plots] = drawn;
  // A key result links to its plot only if that was drawn.
  const items = keyResults(summary).map((item) =>
    drawn.some(({ path }) => path === `plots/${item.figure}.svg`) ? item : { text: item.text }
  );
  const labels = summary.series.map(({ label }) => label);
  return {
    title: `Gradient benchmark ${summary.run}`,
    subtitle: [...termsOf(summary), ...placeOf(summary)].join(" · "),
    blocks: [
      // One paragraph, so that many warnings do not push the answer off the screen.
      ...(summary.warnings.length > 0
        ? [{ kind: "warning", text: warningTexts(summary).join(" ") } as const]
        : []),
      heading("Key results"),
      { kind: "lead", items, ...(first && { figure: first }) },
      ...(plots.length > 0 ? [heading("Plots"), { kind: "switches", labels } as const] : []),
      ...plots,
      ...problemsSection(summary),
      ...figuresSection(summary),
      ...pairSection(summary),
      ...againstSection(summary),
      ...scalingSection(summary),
      ...learningSection(summary),
      ...rooflineSection(summary),
      ...steadinessSection(summary),
      ...resourceSection(summary),
      ...verificationSection(summary),
      ...environmentSection(summary),
      ...planSection(summary),
      ...dataSection(summary),
      ...methodSection(summary),
    ],
  };
}

function problemsSection({ problems, plan }: Summary): Block[] {
  if (problems.length === 0) return [];
  return [
    heading("Skipped and failed"),
    table(
      [
        ...["status", "implementation", "runtime"],
        ...["m", "B", "threads", "seed"].map(numbers),
        ...["rounds", "reason"],
      ],
      problems.map(({ status, cell, rounds, notRepeated, reasons }) => [
        status,
        [programName(cell), ...axisParts(cell, axesOfPlan(plan))].join(" · "),
        cell.runtime,
        formatCount(cell.examples),
        formatCount(cell.batchSize),
        String(cell.threads),
        String(cell.seed),
        rounds.join(", ") + (notRepeated ? ` (not repeated: ${notRepeated.join(", ")})` : ""),
        reasonsText(reasons),
      ]),
    ),
  ];
}
