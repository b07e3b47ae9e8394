import type { CellSummary, Summary } from "../format/summary.ts";
import type { Warning } from "../format/warning.ts";
import type { Block, Evidence, Tile } from "./document.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatInterval,
  formatPercent,
  formatRatio,
} from "./numbers.ts";
import { choiceKey } from "../summary/axes.ts";
import { fromText } from "./choice_words.ts";
import { firstChoice } from "./select.ts";
import { isResolved, markedTime } from "./noise_words.ts";
import { failureTexts } from "./failure_words.ts";
import { settingText, verdictText } from "./verdict_words.ts";

/** Headings to which the line of trust leads. */
export const SECTIONS = {
  verification: "Verification",
  problems: "Skipped and failed",
  warnings: "Warnings",
  words: "In words",
} as const;

/** What failed, what to choose and three figures. */
export const answerBlocks = (summary: Summary): Block[] => {
  const failures = failureTexts(summary);
  const tiles = tilesOf(summary);
  return [
    ...(failures.length > 0
      ? [{ kind: "failures", items: failures.map((text) => ({ text })) } as const]
      : []),
    { kind: "verdict", text: verdictText(summary) },
    ...(tiles.length > 0 ? [{ kind: "tiles", tiles } as const] : []),
  ];
};

/** The time of an epoch, set-up and when it pays off, and the time to 90 %, of the choice at the largest size. */
function tilesOf(summary: Summary): Tile[] {
  const choice = firstChoice(summary);
  const chosen = choice &&
    summary.cells.find(({ series, cell }) =>
      series === choice.series && cell.examples === choice.examples && cell.seed === choice.seed
    );
  if (choice === undefined || chosen === undefined) return [];
  const setting = settingText(choice.series, summary);
  const at = `m = ${formatCount(choice.examples)} examples` +
    (setting === "" ? "" : `, ${setting}`);
  const isBaseline = chosen.cell.implementation === summary.plan.baseline;
  const time = markedTime(chosen, formatInterval(chosen.nsPerEpoch, formatDuration));
  const [value, interval = ""] = time.split(/ (?=\[)/);
  return [
    {
      label: `per epoch at ${at}`,
      value,
      note: [
        interval,
        ...(chosen.speedup && !isBaseline && isResolved(chosen)
          ? [`${formatRatio(chosen.speedup.value)} the speed of ${summary.plan.baseline}`]
          : chosen.predictedSpeedup === undefined
          ? []
          : [
            `about ${formatRatio(chosen.predictedSpeedup)} the speed predicted for ` +
            summary.plan.baseline,
          ]),
      ].filter((part) => part !== "").join(", "),
    },
    {
      label: "set-up",
      value: choice.setUpNs === undefined ? "unknown" : formatDuration(choice.setUpNs),
      note: payOffText(summary),
    },
    { label: "to 90 % accuracy, with set-up", ...timeTo90(chosen, summary) },
  ];
}

/** From how many epochs on the choice is best, and up to how many. */
function payOffText(summary: Summary): string {
  const choice = firstChoice(summary);
  if (choice === undefined || choice.rivals.length === 0) return "";
  const { byEpochs } = choice;
  const place = byEpochs.findLastIndex(({ series }) => series === choice.series);
  const label = (one: number) => summary.series[one].label;
  if (place < 0) return `for ${counted(choice.epochs, "epoch")}`;
  const { from } = byEpochs[place];
  const before = byEpochs[place - 1];
  const after = byEpochs[place + 1];
  const until = after &&
    `; ${fromText(after.from, choice.epochs)} ${label(after.series)} is better`;
  const start = before
    ? `pays off from ${counted(from, "epoch")} on; before, ${label(before.series)} is better`
    : "pays off from the first epoch on";
  return start + (until ?? "");
}

function timeTo90(chosen: CellSummary, summary: Summary) {
  const { cell, series, timeTo90Ns, testAccuracy, epochs } = chosen;
  const setting = choiceKey(summary.series[series]);
  const here = summary.cells.filter((one) =>
    one.cell.seed === cell.seed && one.cell.examples === cell.examples &&
    choiceKey(summary.series[one.series]) === setting
  );
  const others = here.filter((one) => one.timeTo90Ns !== undefined)
    .toSorted((a, b) => a.timeTo90Ns! - b.timeTo90Ns!);
  const [quickest] = others;
  if (timeTo90Ns === undefined) {
    return {
      value: "not reached",
      note: `${formatPercent(testAccuracy)} after ${counted(epochs.length, "epoch")}`,
    };
  }
  return {
    value: formatDuration(timeTo90Ns),
    note: quickest.series === series
      ? here.length === 1
        ? ""
        : others.length === 1
        ? "no other program reaches it"
        : `the quickest of ${counted(others.length, "program")} that reach it`
      : `${summary.series[quickest.series].label} is quicker: ${
        formatDuration(quickest.timeTo90Ns!)
      }`,
  };
}

/** Warnings that change what the figures mean: they stand above them. */
const ABOVE: ReadonlySet<Warning["kind"]> = new Set([
  "synthetic-data",
  "unfinished",
  "one-shard",
  "shards-missing",
  "shards-unfinished",
  "shared-machine",
  "no-figures",
  "software-device",
]);

export const isAbove = ({ kind }: Warning): boolean => ABOVE.has(kind);

/** Whether the figures can be trusted, each with the section that shows why. */
export function trustBlock(summary: Summary): Block {
  const { cells, counts, warnings, contention } = summary;
  const right = cells.filter(({ verdict }) => verdict !== "wrong").length;
  const wrong = cells.length - right;
  const others = warnings.filter((warning) => !isAbove(warning));
  const items: Evidence[] = [
    ...(right > 0
      ? [{
        mark: "✓" as const,
        text: `${right === cells.length && right > 1 ? "all " : ""}${
          counted(right, "cell")
        } verified`,
        under: SECTIONS.verification,
      }]
      : []),
    ...(wrong > 0
      ? [{
        mark: "✗" as const,
        text: `${counted(wrong, "cell")} wrong`,
        under: SECTIONS.verification,
      }]
      : []),
    ...(counts.failed > 0
      ? [{
        mark: "✗" as const,
        text: `${counted(counts.failed, "trial")} failed`,
        under: SECTIONS.problems,
      }]
      : []),
    ...(counts.skipped > 0
      ? [{
        mark: "⚠" as const,
        text: `${counted(counts.skipped, "trial")} skipped`,
        under: SECTIONS.problems,
      }]
      : []),
    ...(contention !== undefined && contention.setAside > 0
      ? [{
        mark: "⚠" as const,
        text: `${counted(contention.setAside, "disturbed sample")} set aside`,
        under: SECTIONS.words,
      }]
      : []),
    ...(others.length > 0
      ? [{
        mark: "⚠" as const,
        text: counted(others.length, "warning"),
        under: SECTIONS.warnings,
      }]
      : []),
  ];
  return { kind: "trust", items };
}
