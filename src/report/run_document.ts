import { axesOfPlan, axisParts } from "../summary/axes.ts";
import type { Summary } from "../format/summary.ts";
import { choiceMatrix } from "./choice_matrix.ts";
import { nodeSection } from "./node_words.ts";
import {
  type Block,
  folded,
  heading,
  list,
  numbers,
  type ReportDocument,
  table,
} from "./document.ts";
import { answerBlocks, isAbove, SECTIONS, trustBlock } from "./first_screen.ts";
import { keyResults } from "./key_results.ts";
import { counted, formatCount } from "./numbers.ts";
import type { RawRun } from "./page/raw_run.ts";
import { againstSection, pairSection } from "./pair_section.ts";
import { colourName, looksIn } from "./plots/looks.ts";
import { plotsOf } from "./plots/plots_of_run.ts";
import { figuresSection, learningSection, verificationSection } from "./result_sections.ts";
import { rooflineSection } from "./roofline_section.ts";
import { scalingSection } from "./scaling_section.ts";
import { dataSection, environmentSection, methodSection, planSection } from "./setup_section.ts";
import { placeOf, programName, termsOf } from "./terms.ts";
import { reasonsText } from "./reason_words.ts";
import { warningTexts } from "./warning_words.ts";

/** The whole report, in the order in which a reader needs it: the answer, a few large plots, and the rest folded. */
export function buildDocument(summary: Summary, raw?: RawRun): ReportDocument {
  const drawn = plotsOf(summary, raw);
  const [first, large] = (["first", "large"] as const).map((wanted) =>
    drawn.filter(({ size }) => size === wanted)
  );
  const more = drawn.filter((plot) => !first.includes(plot) && !large.includes(plot));
  // A key result links to its plot only if that was drawn.
  const items = keyResults(summary).map((item) =>
    drawn.some(({ path }) => path === `plots/${item.figure}.svg`) ? item : { text: item.text }
  );
  const looks = looksIn(summary);
  const labels = summary.series.map(({ label }, i) => ({
    text: label,
    colour: colourName(looks.get(i)),
  }));
  const [above, below] = [true, false].map((wanted) =>
    warningTexts({
      ...summary,
      warnings: summary.warnings.filter((warning) => isAbove(warning) === wanted),
    })
  );
  return {
    title: `Gradient benchmark ${summary.run}`,
    subtitle: [...termsOf(summary), ...placeOf(summary)].join(" · "),
    blocks: [
      // One paragraph, so that several do not push the answer off the screen.
      ...(above.length > 0 ? [{ kind: "warning", text: above.join(" ") } as const] : []),
      ...answerBlocks(summary),
      ...first,
      trustBlock(summary),
      ...(large.length > 0
        ? [
          heading("Size, epochs and accuracy"),
          { kind: "switches", labels, filter: true } as const,
          ...large,
        ]
        : []),
      ...choiceMatrix(summary),
      ...againstSection(summary),
      ...pairSection(summary),
      ...folded(SECTIONS.words, [list(items)]),
      ...folded(SECTIONS.problems, problemTable(summary)),
      ...folded(SECTIONS.warnings, below.length > 0 ? [list(below)] : []),
      ...folded("All figures", figuresSection(summary)),
      ...folded("More plots", more),
      ...folded("Scaling", scalingSection(summary)),
      ...folded("Learning curve", learningSection(summary)),
      ...folded("Nodes", nodeSection(summary)),
      ...folded("Ceilings and roofline", rooflineSection(summary)),
      ...folded(SECTIONS.verification, verificationSection(summary)),
      ...folded("Machine, plan and data", [
        ...environmentSection(summary),
        ...planSection(summary),
        ...dataSection(summary),
      ]),
      ...folded("How it was measured", methodSection(summary)),
    ],
  };
}

function problemTable({ problems, plan }: Summary): Block[] {
  if (problems.length === 0) return [];
  return [
    table(
      [
        ...["status", "implementation", "runtime"],
        ...["m", "B", "threads", "seed"].map(numbers),
        ...["rounds", "reason"],
      ],
      problems.map(({ status, cell, rounds, notRepeated, reasons }) => [
        status,
        [
          programName(cell),
          ...(cell.ranks === undefined ? [] : [counted(cell.ranks, "rank")]),
          ...axisParts(cell, axesOfPlan(plan)),
        ].join(" · "),
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
