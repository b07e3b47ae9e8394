import { BACK_END_NAMES } from "../machine/roofline_of.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import { type Block, heading, list, numbers, paragraph, table, titledTable } from "./document.ts";
import { counted, formatCount, formatNumber, formatPercent, formatRatio } from "./numbers.ts";
import { unmeasuredText } from "./reason_words.ts";
import { NONE } from "./grid.ts";
import { atLargestSize, largestCommonSize, largestSize } from "./select.ts";

type Ceiling = NonNullable<NonNullable<CellSummary["roofline"]>["ceiling"]>;

const giga = (rate: number): string => formatNumber(rate / 1e9);

/** What limits each implementation and how much of that it reaches, in one sentence. */
export function limitSentences(summary: Summary): string[] {
  const standing = bestUnderRoof(summary).sort((a, b) => b.ceiling.share - a.ceiling.share);
  if (standing.length === 0) return [];
  const byBound = Map.groupBy(standing, ({ ceiling }) => boundText(ceiling));
  const parts = [...byBound].map(([bound, of]) => {
    const each = of.map(({ label, ceiling }) => `${label} ${formatPercent(ceiling.share, 0)}`);
    return `${bound}: ${each.join(", ")}`;
  });
  const size = formatCount(largestCommonSize(summary));
  return [`What limits them, and how much of it they reach at m = ${size}: ${parts.join("; ")}.`];
}

/** The cell of each implementation that is nearest to its ceiling, at the largest m that all have. */
function bestUnderRoof(summary: Summary) {
  const size = largestCommonSize(summary);
  const cells = summary.cells.filter(({ cell }) =>
    cell.examples === size && cell.seed === summary.plan.seeds[0]
  );
  const byImplementation = Map.groupBy(cells, ({ cell }) => cell.implementation);
  return [...byImplementation.values()].flatMap((ofOne) =>
    ofOne.flatMap(({ series, roofline }) =>
      roofline?.ceiling
        ? [{ label: summary.series[series].label, ...roofline, ceiling: roofline.ceiling }]
        : []
    ).sort((a, b) => b.ceiling.share - a.ceiling.share).slice(0, 1)
  );
}

/** How far each implementation is below its ceiling, and what sets the ceiling: a sentence each. */
export function rooflineSentences(summary: Summary): string[] {
  const size = formatCount(largestCommonSize(summary));
  return bestUnderRoof(summary).map(({ label, flopDonePerSecond, ceiling }) => {
    const { share, flopPerSecond } = ceiling;
    const left = share < 1
      ? `on this machine, this algorithm could run at most ${formatRatio(1 / share)} as fast`
      : "no headroom is left";
    return `${label} at m = ${size} does ${giga(flopDonePerSecond)} GFLOP/s, ` +
      `${formatPercent(share, 0)} of its ceiling of ${giga(flopPerSecond)} GFLOP/s, ` +
      `set by ${boundText(ceiling)}: ${left}.`;
  });
}

/** What sets a ceiling: "the arithmetic of WebAssembly (1 thread)". */
export function boundText({ bound, backEnd, threads }: Ceiling): string {
  const count = counted(threads, "thread");
  if (bound === "cache") return `the bandwidth of the caches (${count})`;
  if (bound === "memory") return `the bandwidth of memory (${count})`;
  return backEnd === undefined
    ? `the fastest arithmetic of this machine, as its own back end is unknown (${count})`
    : `the arithmetic of ${BACK_END_NAMES[backEnd]} (${count})`;
}

/** The measured ceilings, and where each cell stands below its own. */
export function rooflineSection(summary: Summary): Block[] {
  const { ceilings } = summary;
  if (ceilings.length === 0) return [];
  const missing = ceilings.flatMap(({ runtime, unmeasured = [] }) =>
    unmeasured.map((one) => `Not measured: ${unmeasuredText(runtime, one)}.`)
  );
  return [
    heading("Ceilings and roofline"),
    paragraph(
      "Before the first trial, simple loops measured the best rates of this machine, each over many short " +
        "repeats. A cell's ceiling is the lower of two rates: that of its arithmetic (back end and threads) and " +
        "that at which memory can deliver its bytes. FLOP done include the updates and leave out zero pixels " +
        "that the implementation skips. Bytes are the least that any implementation must move: the examples " +
        "once per epoch, parameters and gradient in every step.",
    ),
    list(rooflineSentences(summary)),
    ceilingTable(summary),
    ...(missing.length > 0 ? [list(missing)] : []),
    ...standings(summary),
  ];
}

function ceilingTable({ ceilings }: Summary): Block {
  const rows = ceilings.flatMap(({ runtime, arithmetic, reads }) => [
    ...arithmetic.map(({ backEnd, precision, threads, flopPerSecond, loop }) => [
      runtime,
      `${BACK_END_NAMES[backEnd]}, ${precision}`,
      String(threads),
      `${giga(flopPerSecond)} GFLOP/s`,
      loop,
    ]),
    ...reads.map(({ bufferBytes, threads, bytesPerSecond, loop }) => [
      runtime,
      `reads from ${formatNumber(bufferBytes / 2 ** 20)} MiB`,
      String(threads),
      `${giga(bytesPerSecond)} GB/s`,
      loop,
    ]),
  ]);
  return table(["runtime", "what", numbers("threads"), numbers("best rate"), "loop"], rows);
}

function standings(summary: Summary): Block[] {
  const rows = atLargestSize(summary).flatMap(({ line, cell: { roofline } }) => {
    if (roofline === undefined) return [];
    const { ceiling } = roofline;
    const cells = [
      line.label,
      formatNumber(roofline.flopDonePerEpoch / 1e6),
      formatNumber(roofline.bytesPerEpoch / 1e6),
      formatNumber(roofline.flopPerByte),
      giga(roofline.flopDonePerSecond),
      ...(ceiling
        ? [giga(ceiling.flopPerSecond), boundText(ceiling), formatPercent(ceiling.share, 1)]
        : [NONE, NONE, NONE]),
    ];
    return [{ series: line.series, cells }];
  });
  const done = ["MFLOP done per epoch", "MB moved per epoch", "FLOP/byte", "GFLOP/s done"];
  return titledTable(
    `Below the roof at m = ${formatCount(largestSize(summary))}`,
    ["series", ...[...done, "ceiling, GFLOP/s"].map(numbers), "set by", numbers("share")],
    rows,
  );
}
