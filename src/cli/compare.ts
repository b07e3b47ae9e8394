import { merge, message, object, option, optional, withDefault } from "@optique/core";
import { InputError } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import { compareRuns } from "../compare/compare_runs.ts";
import { comparisonReport } from "../report/comparison_text.ts";
import { nothingCompared } from "../report/nothing_compared.ts";
import { comparisonMarkdown } from "../compare/comparison_markdown.ts";
import { comparisonPage } from "../compare/comparison_page.ts";
import type { Comparison } from "../format/comparison.ts";
import type { RawRun } from "../report/page/raw_run.ts";
import { summarise } from "../summary/summarise.ts";
import { findRunFolder } from "../sweep/run_folder.ts";
import { gate } from "../compare/gate.ts";
import { BRIEFS } from "./briefs.ts";
import { action, gateOptions, outOption, pageOption, textArgument } from "./options.ts";
import { print, readNamedRun, writePage } from "./output.ts";
import { oneOf } from "./values.ts";

const COMPARE_FORMATS = ["text", "json", "markdown"] as const;

const options = merge(
  object({
    a: textArgument(
      "A",
      message`The run before: its folder, its name under --out, one that bench --save gave, or latest.`,
    ),
    b: optional(textArgument(
      "B",
      message`The run after; absent for a run that was measured --against earlier code.`,
    )),
  }),
  pageOption,
  gateOptions,
  object({
    format: withDefault(
      option("--format", oneOf("FORMAT", COMPARE_FORMATS), {
        description:
          message`What to print on standard output: text (default), json, or markdown, for a pull request.`,
      }),
      "text" as (typeof COMPARE_FORMATS)[number],
    ),
  }),
  outOption,
);

const texts = {
  brief: BRIEFS.compare,
  description:
    message`Compares the cells that two runs of one machine share, and says why others are not compared. Of one run that was measured --against earlier code, compares both versions. Ratios are B / A of the time per epoch.`,
};

export const compareCommand = action("compare", options, texts, async (given, terminal) => {
  const { a, b, out, threshold, format, page } = given;
  const named = async (name: string) => readNamedRun(await findRunFolder(name, out), terminal);
  const comparison = b === undefined
    ? comparisonWithin(await named(a))
    : compareRuns(await named(a), await named(b), threshold);
  if (format === "markdown") terminal.out(comparisonMarkdown(comparison).trimEnd());
  else print(format, terminal, comparison, () => comparisonReport(comparison, terminal));
  if (page !== undefined) await writePage(page, comparisonPage(comparison), terminal);
  return gate(comparison, given.failOn, terminal);
});

/** Both versions of the code that one run measured. Throws InputError for a run with one version. */
function comparisonWithin({ name, run, trials }: RawRun): Comparison {
  const summary = summarise(run, trials, name);
  if (summary.against !== undefined) return summary.against;
  const uncompared = nothingCompared(summary);
  if (uncompared === undefined) {
    throw new InputError(
      `Cannot compare run "${name}" alone: it has one version of the code`,
      `name a second run, or measure both versions: \`${ownCommand("bench --against REF")}\``,
    );
  }
  throw new InputError(`Cannot compare run "${name}" alone: ${uncompared.why}`, uncompared.hint);
}
