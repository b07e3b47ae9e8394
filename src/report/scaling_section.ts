import type { Bounded } from "../format/interval.ts";
import type { Breakpoint, HeldOut, ScalingLaw } from "../format/laws.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, seriesTable, words } from "./document.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
} from "./numbers.ts";
import { NONE } from "./grid.ts";

const CACHES = { l1d: "L1 data cache", l2: "L2 cache", l3: "L3 cache" } as const;

/** "m", or "m or m log m" where they cannot be told apart; undefined where there are too few sizes. */
export const lawName = ({ growth }: ScalingLaw): string | undefined => growth?.names.join(" or ");

/** What the fits predict for the largest size, and where they break. */
export const fitSentences = (summary: Summary): string[] => [
  ...heldOutSentence(summary),
  ...breakSentences(summary),
];

/** Which laws the times follow. */
export function lawSentences({ scalingLaws, series }: Summary): string[] {
  const named = scalingLaws.filter(({ growth }) => growth !== undefined);
  if (named.length === 0) return [];
  const parts = [...Map.groupBy(named, (law) => lawName(law)!)].map(([name, laws]) => {
    const whose = laws.map((law) => series[law.series].label).join(", ");
    const isOpen = laws[0].growth!.names.length > 1;
    return `${name} for ${whose}${isOpen ? " (these sizes cannot tell them apart)" : ""}`;
  });
  return [
    `Compared with m, m log m, m² and a free power by AICc, it grows as ${parts.join("; ")}.`,
  ];
}

function heldOutSentence({ scalingLaws }: Summary): string[] {
  const scores = scalingLaws.flatMap(({ heldOut }) => heldOut ?? []);
  if (scores.length === 0) return [];
  const errors = scores.map(({ error }) => error);
  const range = errors.length === 1
    ? formatSigned(errors[0])
    : `${formatSigned(Math.min(...errors))} to ${formatSigned(Math.max(...errors))}`;
  const held = scores.filter(({ isCovered }) => isCovered).length;
  const sizes = [...new Set(scores.map(({ examples }) => formatCount(examples)))].join(", ");
  const of = scores.length === 1
    ? `it lies ${held === 1 ? "inside" : "outside"} its interval`
    : `${held} of ${scores.length} lie in their intervals`;
  return [
    `Predicted from the smaller sizes alone, time at the largest (m = ${sizes}) is off by ${range}; ` +
    `${of} of ${formatPercent(scores[0].predicted.confidence, 0)}.`,
  ];
}

function breakSentences({ scalingLaws, series }: Summary): string[] {
  return scalingLaws.flatMap(({ breakpoint, series: index }) =>
    breakpoint ? [`${series[index].label}: ${breakText(breakpoint)}.`] : []
  );
}

function breakText({ after, before, factor, cache }: Breakpoint): string {
  const [from, to] = [after, before].map(formatCount);
  const shift = `between m = ${from} and ${to} the time per example changes by a factor of ` +
    formatInterval(factor, (value) => value.toFixed(2));
  if (cache === undefined) {
    const isSlower = factor.value > 1;
    return isSlower ? `${shift}, where the working set leaves no cache of known size` : shift;
  }
  const [fits, outgrows] = cache.workingSetBytes.map(formatBytes);
  return `${shift}, where the working set grows from ${fits} to ${outgrows} and leaves the ` +
    `${CACHES[cache.level]} of ${formatBytes(cache.bytes)}`;
}

export function scalingSection(summary: Summary): Block[] {
  const { scalingLaws, series } = summary;
  if (scalingLaws.length === 0) return [];
  return [
    heading("Scaling"),
    paragraph(
      "Time per epoch = constant + coefficient · m^k, fitted to the logarithms of all sizes. k = 1: twice " +
        "the examples take twice the time. The constant is given where it can be told from 0. The " +
        "law is that of the least AICc, or several where these sizes cannot tell them apart.",
    ),
    seriesTable(
      [
        words("series"),
        words("law"),
        numbers("exponent k"),
        numbers("coefficient"),
        numbers("constant"),
        numbers("residual"),
        words("sizes"),
      ],
      scalingLaws.map((law) => ({
        series: law.series,
        cells: [
          series[law.series].label,
          lawName(law) ?? NONE,
          formatInterval(law.exponent, (value) => value.toFixed(3)),
          formatDuration(law.coefficientNs),
          law.constantNs === undefined ? NONE : formatDuration(law.constantNs),
          formatPercent(law.residual, 1),
          sizesText(law.sizes),
        ],
      })),
    ),
    ...[...lawSentences(summary), ...heldOutSentence(summary)].map(paragraph),
    ...comparisonOfLaws(summary),
    ...heldOutTable(
      series,
      scalingLaws,
      "Time at the largest size, predicted from the others",
      (estimate) => formatInterval(estimate, formatDuration),
    ),
    ...breakSentences(summary).map(paragraph),
  ];
}

/** "7, from 1,000 to 60,000". */
const sizesText = (sizes: readonly number[]): string =>
  `${sizes.length}, from ${formatCount(sizes[0])} to ${formatCount(sizes[sizes.length - 1])}`;

function comparisonOfLaws({ scalingLaws, series }: Summary): Block[] {
  const rows = scalingLaws.flatMap(({ growth, series: index }) => {
    if (growth === undefined) return [];
    const texts = ["m", "m log m", "m²", "m^k"].map((law) => {
      const found = growth.laws.find((one) => one.law === law);
      if (found === undefined) return NONE;
      const constant = found.constantNs === undefined ? "" : " with a constant";
      return `${found.deltaAicc.toFixed(1)} (${formatPercent(found.weight, 0)})${constant}`;
    });
    return [{ series: index, cells: [series[index].label, ...texts] }];
  });
  if (rows.length === 0) return [];
  return [
    heading("How much worse the other laws are", 3),
    paragraph(
      "AICc less that of the best, and the Akaike weight: the share of the evidence. A law that is worse by " +
        "less than 4 is not ruled out.",
    ),
    seriesTable(
      [words("series"), numbers("m"), numbers("m log m"), numbers("m²"), numbers("m^k")],
      rows,
    ),
  ];
}

/** What the sizes below the largest said of it: of times or of errors. */
export function heldOutTable(
  series: Summary["series"],
  fits: readonly { readonly series: number; readonly heldOut?: HeldOut | undefined }[],
  title: string,
  format: (estimate: HeldOut["predicted"]) => string,
): Block[] {
  const rows = fits.flatMap(({ heldOut, series: index }) => {
    if (heldOut === undefined) return [];
    const { examples, predicted, measured, error, isCovered } = heldOut;
    return [{
      series: index,
      cells: [
        series[index].label,
        formatCount(examples),
        format(predicted),
        format({ ...predicted, value: measured, low: measured, high: measured }),
        formatSigned(error),
        isCovered ? "inside" : "outside",
      ],
    }];
  });
  if (rows.length === 0) return [];
  return [
    heading(title, 3),
    seriesTable(
      [
        words("series"),
        numbers("m"),
        numbers("predicted"),
        numbers("measured"),
        numbers("off by"),
        words("interval"),
      ],
      rows,
    ),
  ];
}

/** "0.51 [0.42, …]": a side on which nothing is excluded is open. */
export function formatBounded(
  { value, low, high }: Bounded,
  format: (value: number) => string,
): string {
  const [from, to] = [low, high].map((end) => end === undefined ? "…" : format(end));
  return `${format(value)} [${from}, ${to}]`;
}

/** 0.043 → "+4.3 %". */
const formatSigned = (share: number): string =>
  `${share < 0 ? "−" : "+"}${formatNumber(Math.abs(100 * share), 2)} %`;
