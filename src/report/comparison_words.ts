import type { ComparedCell, Comparison, RefusedCell, SpeedVerdict } from "../format/comparison.ts";
import { reasonsKey } from "../summary/reasons_key.ts";
import { counted, formatCount, formatNumber, formatPercent } from "./numbers.ts";
import { reasonsText } from "./reason_words.ts";

/** What a comparison says in words, for the terminal and for a page. */

export const MARKS: Record<SpeedVerdict, string> = {
  slower: "✗",
  faster: "✓",
  same: "=",
  unresolved: "?",
};

/** Above the figures: how they were come by. */
export const howCompared = ({ paired, alpha }: Comparison): string =>
  "Ratio = time per epoch in B / in A, " +
  (paired ? "compared round by round" : "runs of different times") +
  `; in brackets intervals; all verdicts together hold with ${formatPercent(1 - alpha, 0)}.`;

/** Below them: what a reader must know before believing the verdicts. */
export const conditionsOf = (comparison: Comparison): string[] => [
  ...thresholdSentences(comparison),
  ...paceSentences(comparison),
  ...waitingSentence(comparison),
  ...comparison.notes.map((note) => `Note: ${note}`),
];

/** "1.292 × [1.226, 1.362]". */
export function ratioText({ ratio, interval }: Pick<ComparedCell, "ratio" | "interval">): string {
  const [low, high] = interval.map((value) => value.toFixed(digitsOf(ratio)));
  return `${ratio.toFixed(digitsOf(ratio))} × [${low}, ${high}]`;
}

/** A per cent shows in ratios near 1, and not in those of which the first digits count. */
const digitsOf = (ratio: number): number => ratio < 10 ? 3 : ratio < 100 ? 2 : 1;

/** Why cells are unresolved, each reason once with the sizes that it is true of. */
export function reasonsOf(cells: readonly ComparedCell[]): string[] {
  const unresolved = cells.filter(({ reason }) => reason !== undefined);
  return [...Map.groupBy(unresolved, ({ reason }) => reason)].map(([reason, alike]) => {
    const sizes = [...new Set(alike.map(({ cell }) => formatCount(cell.examples)))].join(", ");
    return alike.length === cells.length ? `${reason}` : `m = ${sizes}: ${reason}`;
  });
}

/** What was not compared, one text for cells that are alike. */
export function refusedTexts(refused: Comparison["refused"]): { text: string; isWrong: boolean }[] {
  const alike = Map.groupBy(
    refused,
    ({ cell: { implementation, runtime, threads }, kind, reason, reasons = [] }) =>
      [implementation, runtime, threads, kind, reason, reasonsKey(reasons)].join("|"),
  );
  return [...alike.values()].map((cells) => ({
    text: refusedText(cells),
    isWrong: cells[0].kind === "wrong",
  }));
}

/** Why a cell was not compared. */
export const refusalText = ({ reason, reasons }: RefusedCell): string =>
  reasons === undefined ? reason : `${reason}: ${reasonsText(reasons)}`;

function refusedText(cells: readonly RefusedCell[]): string {
  const [{ cell }] = cells;
  const sizes = [...new Set(cells.map(({ cell }) => formatCount(cell.examples)))].join(", ");
  const threads = cell.threads > 1 ? ` · ${cell.threads} threads` : "";
  return `${cell.implementation} · ${cell.runtime}${threads} · m = ${sizes}: ${
    refusalText(cells[0])
  }`;
}

function thresholdSentences(comparison: Comparison): string[] {
  const { threshold, thresholdInForce, noiseFloor, paired } = comparison;
  const asked = formatPercent(threshold, 1);
  if (noiseFloor === undefined) {
    return [
      `Threshold ${asked}. The noise floor is unknown: ` +
      `${paired ? "the run has no" : "neither run has a"} null twin (bench --null-twin).`,
    ];
  }
  const floor = formatPercent(noiseFloor, 1);
  return [
    thresholdInForce > threshold
      ? `Noise floor ${floor}, as the null twin shows: no verdict is given below it (asked for: ${asked}).`
      : `Threshold ${asked}; the noise floor that the null twin shows, ${floor}, is not above it.`,
  ];
}

function paceSentences(comparison: Comparison): string[] {
  const { pace, commonRatio, thresholdInForce } = comparison;
  if (pace === undefined) return [];
  const [what, basis] = pace.source === "yardstick"
    ? [
      "yardstick",
      `a fixed piece of work timed beside the samples of ${counted(pace.from, "cell")}`,
    ]
    : ["scalar arithmetic before the first trial", `in ${counted(pace.from, "runtime")}`];
  const interval = pace.interval
    ? ` [${pace.interval.map((value) => value.toFixed(3)).join(", ")}]`
    : "";
  const told =
    `The machine's pace: its ${what} took ${pace.ratio.toFixed(3)} ×${interval} the time ` +
    `in B (${basis}).`;
  return [told, ...commonSentence(commonRatio, pace, thresholdInForce)];
}

/** Less than this is the ordinary business of a system. */
const LITTLE_WAITING = 0.02;

function waitingSentence({ waiting }: Comparison): string[] {
  if (waiting === undefined || Math.max(waiting.a, waiting.b) < LITTLE_WAITING) return [];
  return [
    `The processes were kept waiting for a CPU ${
      formatPercent(waiting.a, 0)
    } of the sampled time in ` +
    `A, ${formatPercent(waiting.b, 0)} in B: other programs, or other machines on the same host.`,
  ];
}

/** All cells together slower or faster: does the machine's pace say the same? */
function commonSentence(
  common: number,
  { ratio }: NonNullable<Comparison["pace"]>,
  threshold: number,
): string[] {
  const shifted = (value: number) => Math.abs(Math.log(value)) > Math.log(1 + threshold);
  if (!shifted(common)) return [];
  const told = `The cells' times have ${formatNumber(common)} × in common`;
  const together = shifted(ratio) && (ratio > 1) === (common > 1);
  if (!together) {
    return [`${told}, and the machine's pace does not tell why: the code, or what it runs on.`];
  }
  return [
    shifted(common / ratio)
      ? `${told}, of which the machine's pace tells a part.`
      : `${told}, and the machine's pace as much: the machine.`,
  ];
}

/** The verdict of all, and what it is made of. */
export function closing({ verdict, cells, refused, wrongCells }: Comparison): string {
  const counts = (["slower", "faster", "same", "unresolved"] as const).flatMap((one) => {
    const count = cells.filter((cell) => cell.verdict === one).length;
    return count > 0 ? [`${count} ${one}`] : [];
  });
  const mark = MARKS[verdict];
  return `${mark} ${verdict}: of ${counted(cells.length, "cell")} ${counts.join(", ")}` +
    (refused.length > 0 ? `; ${refused.length} not compared` : "") +
    (wrongCells > 0 ? `; ${wrongCells} right in A and wrong or failed in B` : "") + ".";
}
