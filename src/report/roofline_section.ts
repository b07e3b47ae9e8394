import { BACK_END_NAMES } from "../machine/roofline_of.ts";
import type { CellSummary, Summary } from "../format/summary.ts";
import {
  type Block,
  heading,
  list,
  numbers,
  paragraph,
  seriesTable,
  table,
  words,
} from "./document.ts";
import { formatCount, formatNumber, formatPercent, formatRatio } from "./numbers.ts";
import { gridOf, NONE } from "./grid.ts";
import { atLargestSize, largestCommonSize, sizesOf } from "./select.ts";

type Ceiling = NonNullable<NonNullable<CellSummary["roofline"]>["ceiling"]>;

const giga = (rate: number): string => formatNumber(rate / 1e9);

/** What limits each implementation, and how near it comes to that, in one sentence. */
export function limitSentences(summary: Summary): string[] {
  const standing = bestUnderRoof(summary).map(({ series, roofline }) => ({
    label: summary.series[series].label,
    ceiling: roofline?.ceiling as Ceiling,
  })).toSorted((a, b) => b.ceiling.share - a.ceiling.share);
  if (standing.length === 0) return [];
  const parts = [...Map.groupBy(standing, ({ ceiling }) => boundText(ceiling))].map(
    ([bound, of]) =>
      `${bound}: ${
        of.map(({ label, ceiling }) => `${label} ${formatPercent(ceiling.share, 0)}`).join(", ")
      }`,
  );
  const size = largestCommonSize(summary) ?? sizesOf(summary).at(-1) ?? 0;
  return [
    `What limits them, and how much of it they reach at m = ${formatCount(size)}: ${
      parts.join("; ")
    }.`,
  ];
}

/** The cell of each implementation that comes nearest to its ceiling, at the largest size that all have. */
function bestUnderRoof(summary: Summary): CellSummary[] {
  const size = largestCommonSize(summary) ?? sizesOf(summary).at(-1);
  const cells = summary.cells.filter(({ cell }) =>
    cell.examples === size && cell.seed === summary.plan.seeds[0]
  );
  const byImplementation = Map.groupBy(cells, ({ cell }) => cell.implementation);
  return [...byImplementation.values()].flatMap((ofOne) => {
    const [best] = ofOne.filter(({ roofline }) => roofline?.ceiling)
      .sort((a, b) => (b.roofline?.ceiling?.share ?? 0) - (a.roofline?.ceiling?.share ?? 0));
    return best ? [best] : [];
  });
}

/** How far each implementation is from its ceiling, and what the ceiling is made of: a sentence each. */
export function rooflineSentences(summary: Summary): string[] {
  return bestUnderRoof(summary).flatMap((best) => {
    const { roofline } = best;
    if (!roofline?.ceiling) return [];
    const { share, flopPerSecond } = roofline.ceiling;
    const left = share < 1
      ? `this way of computing could be at most ${formatRatio(1 / share)} as fast here`
      : "it leaves nothing";
    return [
      `${summary.series[best.series].label} at m = ${formatCount(best.cell.examples)} does ` +
      `${giga(roofline.flopDonePerSecond)} GFLOP/s, ${formatPercent(share, 0)} of its ceiling of ` +
      `${giga(flopPerSecond)} GFLOP/s, which is set by ${boundText(roofline.ceiling)}: ${left}.`,
    ];
  });
}

/** What sets a ceiling: "the arithmetic of WebAssembly (1 thread)". */
export function boundText({ bound, backEnd, threads }: Ceiling): string {
  const count = `${threads} thread${threads === 1 ? "" : "s"}`;
  if (bound === "cache") return `the bandwidth of the caches (${count})`;
  if (bound === "memory") return `the bandwidth of memory (${count})`;
  return backEnd === undefined
    ? `the fastest arithmetic of this machine, its own being unknown (${count})`
    : `the arithmetic of ${BACK_END_NAMES[backEnd]} (${count})`;
}

/** The measured ceilings, and where every cell stands below its own. */
export function rooflineSection(summary: Summary): Block[] {
  const { ceilings = [] } = summary;
  if (ceilings.length === 0) return [];
  const unmeasured = unmeasuredSentences(summary);
  return [
    heading("Ceilings and roofline"),
    paragraph(
      "What this machine can do at best was measured before the first trial, with simple loops: the " +
        "best of many short repeats. A cell's ceiling is the lower of the rate of its arithmetic " +
        "(back end and threads) and that at which its bytes can arrive. FLOP done leave out zero " +
        "pixels where the implementation skips them and count the updates; bytes are those that any " +
        "implementation must move: examples once an epoch, parameters and gradient in every step.",
    ),
    list(rooflineSentences(summary)),
    ceilingTable(summary),
    ...(unmeasured.length > 0 ? [list(unmeasured)] : []),
    ...gridOf(
      summary,
      "Share of the ceiling",
      ({ roofline }) => roofline?.ceiling && formatPercent(roofline.ceiling.share, 1),
    ),
    ...standings(summary),
  ];
}

const UNMEASURED = { threads: "several threads at once", blas: "the system's BLAS" } as const;

const unmeasuredSentences = ({ ceilings = [] }: Summary): string[] =>
  ceilings.flatMap(({ runtime, unmeasured = [] }) =>
    unmeasured.map(({ what, message }) =>
      `Not measured in ${runtime}: ${UNMEASURED[what]} (${message}).`
    )
  );

function ceilingTable({ ceilings = [] }: Summary): Block {
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
  return table(
    [words("runtime"), words("what"), numbers("threads"), numbers("at best"), words("loop")],
    rows,
  );
}

function standings(summary: Summary): Block[] {
  const rows = atLargestSize(summary).flatMap(({ line, cell: { roofline } }) =>
    roofline === undefined ? [] : [{
      series: line.series,
      cells: [
        line.label,
        formatNumber(roofline.flopDonePerEpoch / 1e6),
        formatNumber(roofline.bytesPerEpoch / 1e6),
        formatNumber(roofline.flopPerByte),
        giga(roofline.flopDonePerSecond),
        roofline.ceiling ? giga(roofline.ceiling.flopPerSecond) : NONE,
        roofline.ceiling ? boundText(roofline.ceiling) : NONE,
        roofline.ceiling ? formatPercent(roofline.ceiling.share, 1) : NONE,
      ],
    }]
  );
  if (rows.length === 0) return [];
  return [
    heading(`Under the roof at m = ${formatCount(sizesOf(summary).at(-1) ?? 0)}`, 3),
    seriesTable(
      [
        words("series"),
        numbers("MFLOP done per epoch"),
        numbers("MB moved per epoch"),
        numbers("FLOP/byte"),
        numbers("GFLOP/s done"),
        numbers("ceiling, GFLOP/s"),
        words("set by"),
        numbers("share"),
      ],
      rows,
    ),
  ];
}
