import type {
  ComparedCell,
  Comparison,
  RefusedCell,
  SpeedVerdict,
} from "../analysis/comparison.ts";
import { formatCount, formatDuration, formatNumber, formatPercent } from "./format.ts";
import { type Paint, paint, type Style } from "./terminal_style.ts";
import { wrap } from "./wrap.ts";

const MARKS: Record<SpeedVerdict, readonly [mark: string, paint: Paint]> = {
  slower: ["✗", "red"],
  faster: ["✓", "green"],
  same: ["=", "blue"],
  unresolved: ["?", "yellow"],
};

/** A comparison as `compare` prints it: what was compared, the cells, what was not, and the verdict. */
export function comparisonReport(comparison: Comparison, style: Style): string {
  const prose = (sentences: readonly string[]) =>
    sentences.flatMap((sentence) => wrap(sentence, style.width, "  "));
  const sections = [
    heading(comparison, style),
    ...cellTables(comparison, style),
    refusedLines(comparison, style),
    prose([
      ...thresholdSentences(comparison),
      ...paceSentences(comparison),
      ...waitingSentence(comparison),
      ...comparison.notes.map((note) => `Note: ${note}`),
    ]),
    wrap(closing(comparison), style.width).map((line) => paint("bold", line, style)),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

function heading({ a, b, alpha, paired }: Comparison, style: Style): string[] {
  const name = (letter: string, { run, gitCommit, slope }: Comparison["a"]) =>
    [
      `${letter}  ${run}`,
      ...(slope === undefined ? [] : [`Slope ${slope}`]),
      ...(gitCommit === undefined ? [] : [`commit ${gitCommit}`]),
    ].join(" · ");
  const how = paired ? "compared round by round" : "runs of different times";
  return [
    ...[name("A", a), name("B", b)].flatMap((line) => wrap(line, style.width, "   "))
      .map((line) => paint("bold", line, style)),
    ...wrap(
      `Ratio = time per epoch in B / in A, ${how}; ` +
        `in brackets intervals; all verdicts together hold with ${formatPercent(1 - alpha, 0)}.`,
      style.width,
    ).map((line) => paint("dim", line, style)),
  ];
}

/** One table for all series: a line with its label, then a row for each of its cells. */
function cellTables({ cells }: Comparison, style: Style): string[][] {
  const severalSeeds = new Set(cells.map(({ cell }) => cell.seed)).size > 1;
  const rows = cells.map((one) => ({ one, texts: textsOf(one, severalSeeds) }));
  const head = ["m", "A", "B", "B / A", ""];
  const widths = head.map((text, i) =>
    Math.max(text.length, ...rows.map(({ texts }) => texts[i].length))
  );
  const line = (texts: readonly string[]) =>
    texts.map((text, i) => text.padStart(widths[i])).join("  ");
  return [...Map.groupBy(rows, ({ one }) => one.label)].map(([label, ofLabel], group) => [
    paint("bold", label, style),
    ...(group === 0 ? [paint("dim", `  ${line(head)}`.trimEnd(), style)] : []),
    ...ofLabel.map(({ one: { verdict }, texts }) => {
      const [mark, colour] = MARKS[verdict];
      return `  ${line(texts)}${paint(colour, `${mark} ${verdict}`, style)}`;
    }),
    ...reasonsOf(ofLabel.map(({ one }) => one)).flatMap((text) =>
      wrap(text, style.width - 4, "  ").map((line) => paint("dim", `    ${line}`, style))
    ),
  ]);
}

function textsOf({ cell, a, b, ratio, interval }: ComparedCell, severalSeeds: boolean): string[] {
  const [low, high] = interval.map((value) => value.toFixed(digitsOf(ratio)));
  return [
    formatCount(cell.examples) + (severalSeeds ? ` · seed ${cell.seed}` : ""),
    formatDuration(a.nsPerEpoch),
    formatDuration(b.nsPerEpoch),
    `${ratio.toFixed(digitsOf(ratio))} × [${low}, ${high}]`,
    "", // two spaces before the verdict, which is painted and so must not be padded
  ];
}

/** A per cent shows in ratios near 1, and not in those of which the first digits count. */
const digitsOf = (ratio: number): number => ratio < 10 ? 3 : ratio < 100 ? 2 : 1;

/** Why cells are unresolved, each reason once with the sizes that it is true of. */
function reasonsOf(cells: readonly ComparedCell[]): string[] {
  const unresolved = cells.filter(({ reason }) => reason !== undefined);
  return [...Map.groupBy(unresolved, ({ reason }) => reason)].map(([reason, alike]) => {
    const sizes = [...new Set(alike.map(({ cell }) => formatCount(cell.examples)))].join(", ");
    return alike.length === cells.length ? `${reason}` : `m = ${sizes}: ${reason}`;
  });
}

function refusedLines({ refused }: Comparison, style: Style): string[] {
  if (refused.length === 0) return [];
  // Predictions differ from cell to cell: one line tells what is alike.
  const alike = Map.groupBy(
    refused,
    ({ cell: { implementation, runtime, threads }, kind, reason }) =>
      [implementation, runtime, threads, kind, reason.replaceAll(/\d+(?:\.\d+)?/g, "#")].join("|"),
  );
  return [
    paint("bold", "Not compared", style),
    ...[...alike.values()].flatMap((cells) =>
      wrap(refusedText(cells), style.width, "  ").map((line) =>
        cells[0].kind === "wrong" ? paint("red", line, style) : line
      )
    ),
  ];
}

function refusedText(cells: readonly RefusedCell[]): string {
  const [{ cell, reason }] = cells;
  const sizes = [...new Set(cells.map(({ cell }) => formatCount(cell.examples)))].join(", ");
  const threads = cell.threads > 1 ? ` · ${cell.threads} threads` : "";
  return `${cell.implementation} · ${cell.runtime}${threads} · m = ${sizes}: ${reason}`;
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

function closing({ verdict, cells, refused, wrongCells }: Comparison): string {
  const counts = (["slower", "faster", "same", "unresolved"] as const).flatMap((one) => {
    const count = cells.filter((cell) => cell.verdict === one).length;
    return count > 0 ? [`${count} ${one}`] : [];
  });
  const [mark] = MARKS[verdict];
  return `${mark} ${verdict}: of ${counted(cells.length, "cell")} ${counts.join(", ")}` +
    (refused.length > 0 ? `; ${refused.length} not compared` : "") +
    (wrongCells > 0 ? `; ${wrongCells} right in A and wrong or failed in B` : "") + ".";
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;
