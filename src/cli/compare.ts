import { merge, message, object } from "@optique/core";
import { compareRuns } from "../compare/compare_runs.ts";
import { comparisonReport } from "../report/comparison_text.ts";
import { comparisonPage } from "../compare/comparison_page.ts";
import { findRunFolder } from "../sweep/run_folder.ts";
import { gate } from "../compare/gate.ts";
import { BRIEFS } from "./briefs.ts";
import {
  action,
  formatOption,
  gateOptions,
  outOption,
  pageOption,
  textArgument,
} from "./options.ts";
import { print, readNamedRun, writePage } from "./output.ts";

const options = merge(
  object({
    a: textArgument(
      "A",
      message`The run before: its folder, its name under --out, one that bench --save gave, or latest.`,
    ),
    b: textArgument("B", message`The run after.`),
  }),
  pageOption,
  gateOptions,
  formatOption,
  outOption,
);

const texts = {
  brief: BRIEFS.compare,
  description:
    message`Compares the cells that two runs of one machine share, and says why others are not compared. Ratios are B / A of the time per epoch.`,
};

export const compareCommand = action("compare", options, texts, async (given, terminal) => {
  const folders = [
    await findRunFolder(given.a, given.out),
    await findRunFolder(given.b, given.out),
  ];
  const [a, b] = folders.map((folder) => readNamedRun(folder, terminal));
  const comparison = compareRuns(a, b, given.threshold);
  print(given.format, terminal, comparison, () => comparisonReport(comparison, terminal));
  if (given.page !== undefined) {
    await writePage(given.page, comparisonPage(comparison), terminal);
  }
  return gate(comparison, given.failOn, terminal);
});
