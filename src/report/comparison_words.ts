import type {
  ComparedCell,
  Comparison,
  ComparisonNote,
  SpeedVerdict,
} from "../format/comparison.ts";
import { counted, formatCount, formatInterval, formatNumber, formatPercent } from "./numbers.ts";
import { sizesText } from "./refusal_words.ts";

/** What a comparison says in words, for the terminal and for a page. */

export const MARKS: Record<SpeedVerdict, string> = {
  slower: "✗",
  faster: "✓",
  same: "=",
  unresolved: "?",
};

/** Above the figures: what they are. */
export const howCompared = ({ paired, alpha }: Comparison): string =>
  "A and B: times per epoch, geometric means over trials (other tables show medians). Ratio = B / A, " +
  (paired ? "compared round by round" : "of runs at different times") +
  ", with intervals in brackets. Cells of one kernel share their scatter. " +
  `All verdicts together hold with ${formatPercent(1 - alpha, 0)}.`;

/** Below them: what a reader must know before believing the verdicts. */
export const conditionsOf = (comparison: Comparison): string[] => [
  ...(comparison.cells.some(isImprecise) ? ["≈: known to a factor of 2 at best."] : []),
  thresholdSentence(comparison),
  ...paceSentences(comparison),
  ...waitingSentence(comparison),
  ...comparison.notes.map((note) => `Note: ${noteText(note)}`),
];

/** An interval that spans more leaves open whether one takes twice the time. */
const IMPRECISE = 2;

const isImprecise = ({ interval: [low, high] }: Pick<ComparedCell, "interval">): boolean =>
  high / low > IMPRECISE;

/** "1.292 × [1.226, 1.362]"; "≈ 0.050 × [0.010, 15.92]" where hardly anything is known. */
export const ratioText = (one: Pick<ComparedCell, "ratio" | "interval">): string => {
  const { ratio, interval: [low, high] } = one;
  const text = (value: number) => `${value.toFixed(digitsOf(ratio))} ×`;
  return (isImprecise(one) ? "≈ " : "") + formatInterval({ value: ratio, low, high }, text);
};

/** A per cent shows in ratios near 1, and not in those of which the first digits count. */
const digitsOf = (ratio: number): number => ratio < 10 ? 3 : ratio < 100 ? 2 : 1;

/** Why a verdict is unresolved; `interval` and `threshold` say how far a known difference reaches. */
export function doubtText(
  doubt: NonNullable<ComparedCell["doubt"]>,
  interval?: readonly [number, number],
  threshold?: number,
): string {
  switch (doubt.kind) {
    case "across-threshold":
      return `${doubt.direction}${
        interval ? ` by ${changeText(interval)}` : ""
      }, perhaps below the ` +
        `${threshold ? `${formatPercent(threshold, 1)} ` : ""}threshold`;
    case "one-trial":
      return "a single trial on a side: nothing shows how much processes differ";
    case "few-trials":
      return `too few trials: ${doubt.trials} on a side, and ` +
        `${counted(doubt.comparisons, "comparison")} take ${doubt.needed}`;
    case "many-comparisons":
      return "significant alone, not after correcting for " +
        counted(doubt.comparisons, "comparison");
    case "noise":
      return "the interval reaches across the threshold";
    case "machine-pace":
      return `${doubt.asMeasured} as measured, but the machine's pace may be the cause`;
  }
}

/** "2.4 to 5.2 %": how much longer or less long, from an interval on one side of 1. */
function changeText([low, high]: readonly [number, number]): string {
  const [least, most] = low > 1 ? [low - 1, high - 1] : [1 - high, 1 - low];
  return `${formatPercent(least, 1).replace(" %", "")} to ${formatPercent(most, 1)}`;
}

/** Why cells are unresolved: each reason once, with its sizes. */
export function doubtsOf(cells: readonly ComparedCell[], threshold: number): string[] {
  const unresolved = cells.flatMap(({ cell, doubt, interval }) =>
    doubt ? [{ examples: cell.examples, text: doubtText(doubt, interval, threshold) }] : []
  );
  return [...Map.groupBy(unresolved, ({ text }) => text)].map(([text, alike]) =>
    alike.length === cells.length ? text : `m = ${sizesText(alike)}: ${text}`
  );
}

function noteText(note: ComparisonNote): string {
  switch (note.kind) {
    case "version":
      return `${note.name} was ${note.a} in A and is ${note.b} in B, which may explain a difference.`;
    case "host":
      return `A ran on ${note.a} and B on ${note.b}, machines of the same kind: what differs between them ` +
        "is part of the ratios.";
    case "system":
      return `The system was ${note.a} in A and is ${note.b} in B.`;
    case "same-run":
      return "A and B are the same run, so nothing can differ.";
    case "pace-unknown":
      return "Nothing shows how fast the machine was in both runs: a drift between them looks like a change.";
    case "pace-before-trials":
      return "Not all trials have a yardstick: the machine's pace is known only from before the first trial.";
  }
}

function thresholdSentence(comparison: Comparison): string {
  const { threshold, thresholdInForce, noiseFloor, paired } = comparison;
  const asked = formatPercent(threshold, 1);
  if (noiseFloor === undefined) {
    return `Threshold ${asked}. The noise floor is unknown: ` +
      `${paired ? "the run has no" : "neither run has a"} null twin (bench --null-twin).`;
  }
  const floor = formatPercent(noiseFloor, 1);
  return thresholdInForce > threshold
    ? `Noise floor ${floor}, as the null twin shows: smaller differences do not count (threshold: ${asked}).`
    : `Threshold ${asked}; the null twin shows a noise floor of ${floor}, which is not above it.`;
}

function paceSentences(comparison: Comparison): string[] {
  const { pace } = comparison;
  if (pace === undefined) return [];
  const isYardstick = pace.source === "yardstick";
  const what = isYardstick ? "yardstick" : "scalar arithmetic before the first trial";
  const basis = isYardstick
    ? `a fixed piece of work timed beside the samples of ${counted(pace.from, "cell")}`
    : `in ${counted(pace.from, "runtime")}`;
  const [low, high] = pace.interval ?? [];
  const ratio = formatInterval(
    { value: pace.ratio, ...(low && high && { low, high }) },
    (value) => `${value.toFixed(3)} ×`,
  );
  return [
    `The machine's pace: its ${what} took ${ratio} the time in B (${basis}).`,
    ...commonSentence(comparison, pace),
  ];
}

/** After the verdict: the cell that changed most, each way, and what would decide the others. */
export const afterVerdict = (comparison: Comparison): string[] => [
  ...greatestChanges(comparison),
  ...roundsSentence(comparison),
];

function greatestChanges({ cells }: Comparison): string[] {
  return (["slower", "faster"] as const).flatMap((verdict) => {
    const [first] = cells.filter((cell) => cell.verdict === verdict)
      .sort((one, other) => Math.abs(Math.log(other.ratio)) - Math.abs(Math.log(one.ratio)));
    if (first === undefined) return [];
    const where = `${first.label} at m = ${formatCount(first.cell.examples)}`;
    return [`${verdict === "slower" ? "Slowed" : "Sped up"} most: ${where}, ${ratioText(first)}.`];
  });
}

/** "If ratios stay as they are, 8 rounds decide half of the 12 unresolved cells, and 21 rounds all of them." */
function roundsSentence({ cells, paired }: Comparison): string[] {
  const unresolved = cells.filter(({ verdict }) => verdict === "unresolved");
  const isOverNodes = unresolved.some(({ nodesNeeded }) => nodesNeeded !== undefined);
  const needed = unresolved.map(({ roundsNeeded, nodesNeeded }) =>
    (isOverNodes ? nodesNeeded : roundsNeeded) ?? Infinity
  ).sort((a, b) => a - b);
  const noun = isOverNodes ? "node" : "round";
  if (needed.length === 0 || needed[0] === Infinity) return [];
  const rounds = (count: number) => `${counted(count, noun)}${paired ? "" : " in each run"}`;
  const half = needed[Math.ceil(needed.length / 2) - 1];
  if (needed.length === 1) {
    return [`If the ratio stays as it is, ${rounds(half)} would decide the unresolved cell.`];
  }
  const all = needed[needed.length - 1];
  const [count, part] = half === Infinity ? [needed[0], "at least one"] : [half, "half"];
  const rest = half === Infinity || all === half
    ? ""
    : all === Infinity
    ? "; some stay undecided however many there are"
    : `, and ${counted(all, noun)} all`;
  return [
    `If ratios stay as they are, ${rounds(count)} would decide ${part} of the ` +
    `${counted(needed.length, "unresolved cell")}${rest}.`,
  ];
}

/** Any system waits for as little as this. */
const LITTLE_WAITING = 0.02;

function waitingSentence({ waiting }: Comparison): string[] {
  if (waiting === undefined || Math.max(waiting.a, waiting.b) < LITTLE_WAITING) return [];
  const [a, b] = [waiting.a, waiting.b].map((share) => formatPercent(share, 0));
  return [
    `The processes waited for a CPU for ${a} of the sampled time in A and ${b} in B: ` +
    "other programs ran, or other machines on the same host.",
  ];
}

/** Where the cells changed together: whether the machine's pace changed as they did. */
function commonSentence(
  { commonRatio: common, thresholdInForce, cells }: Comparison,
  { ratio, interval }: NonNullable<Comparison["pace"]>,
): string[] {
  const shifted = (value: number) => Math.abs(Math.log(value)) > Math.log(1 + thresholdInForce);
  if (!shifted(common)) return [];
  const isTogether = shifted(ratio) && (ratio > 1) === (common > 1);
  const isDecided = cells.some(({ verdict }) => verdict === "slower" || verdict === "faster");
  const isWithin = interval !== undefined && interval[0] <= common && common <= interval[1];
  const why = isWithin && !(isTogether && !shifted(common / ratio))
    ? "; the machine's pace may explain it"
    : !isTogether
    ? ", and the machine's pace does not explain it" +
      (isDecided
        ? ": the code changed, its runtime or the system"
        : "; no cell alone proves a change")
    : shifted(common / ratio)
    ? "; the machine's pace explains part of it"
    : "; the machine's pace explains it";
  return [`The median ratio over the cells is ${formatNumber(common)} ×${why}.`];
}

/** The verdict over all cells, and the number of cells with each verdict. What became wrong comes before any time. */
export function overallVerdict({ verdict, cells, refused, wrongCells }: Comparison): string {
  const counts = (["slower", "faster", "same", "unresolved"] as const).flatMap((one) => {
    const count = cells.filter((cell) => cell.verdict === one).length;
    return count > 0 ? [`${count} ${one}`] : [];
  });
  const times = `of ${counted(cells.length, "cell")} ${counts.join(", ")}` +
    (refused.length > 0 ? `; ${refused.length} not compared` : "");
  return wrongCells > 0
    ? `✗ ${wrongCells} right in A and wrong or failed in B; ${times}.`
    : `${MARKS[verdict]} ${verdict}: ${times}.`;
}
