import type { Breakpoint, HeldOut, ScalingLaw } from "../format/laws.ts";
import type { Summary } from "../format/summary.ts";
import { type Block, heading, numbers, paragraph, seriesTable, titledTable } from "./document.ts";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatInterval,
  formatPercent,
  formatSigned,
} from "./numbers.ts";
import { NONE } from "./grid.ts";

const CACHES = { l1d: "L1 data cache", l2: "L2 cache", l3: "L3 cache" } as const;

/** The exponent k of a law: "0.998 [0.993, 1.003]". */
export const exponentText = ({ exponent }: ScalingLaw): string =>
  formatInterval(exponent, (value) => formatFixed(value, 3));

/** "m", or "m or m log m" where these sizes fit both; undefined where there are too few sizes. */
export const lawName = ({ growth }: ScalingLaw): string | undefined =>
  growth?.names.map(nameOf).join(" or ");

const nameOf = (law: string): string => law.replace("^k", "ᵏ");

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
    return `${name} for ${whose}${isOpen ? " (these sizes fit both)" : ""}`;
  });
  return [`AICc compares m, m log m, m² and mᵏ with a free k: time grows as ${parts.join("; ")}.`];
}

function heldOutSentence({ scalingLaws }: Summary): string[] {
  const scores = scalingLaws.flatMap(({ heldOut }) => heldOut ?? []);
  if (scores.length === 0) return [];
  const errors = scores.map(({ error }) => error).sort((a, b) => a - b);
  const ends = errors.length === 1 ? errors : [errors[0], errors[errors.length - 1]];
  const range = ends.map(formatSigned).join(" to ");
  const held = scores.filter(({ isCovered }) => isCovered).length;
  const sizes = [...new Set(scores.map(({ examples }) => formatCount(examples)))].join(", ");
  const confidence = formatPercent(scores[0].predicted.confidence, 0);
  const inside = scores.length === 1
    ? `it lies ${held === 1 ? "inside" : "outside"} its ${confidence} interval`
    : `${held} of ${scores.length} lie inside their ${confidence} intervals`;
  return [
    `Predicted from the smaller sizes alone, time at the largest (m = ${sizes}) is off by ${range}; ${inside}.`,
  ];
}

const breakSentences = ({ scalingLaws, series }: Summary): string[] =>
  scalingLaws.flatMap(({ breakpoint, series: index }) =>
    breakpoint ? [`${series[index].label}: ${breakText(breakpoint)}.`] : []
  );

function breakText({ after, before, factor, cache }: Breakpoint): string {
  const [from, to] = [after, before].map(formatCount);
  const shift = `between m = ${from} and ${to} the time per example changes by a factor of ` +
    formatInterval(factor, (value) => formatFixed(value, 2));
  if (cache === undefined) {
    return factor.value > 1 ? `${shift}, where no cache of known size overflows` : shift;
  }
  const [fits, outgrows] = cache.workingSetBytes.map(formatBytes);
  return `${shift}, where the working set grows from ${fits} to ${outgrows} and overflows the ` +
    `${CACHES[cache.level]} of ${formatBytes(cache.bytes)}`;
}

export function scalingSection(summary: Summary): Block[] {
  const { scalingLaws, series } = summary;
  if (scalingLaws.length === 0) return [];
  return [
    heading("Scaling"),
    paragraph(
      "Time per epoch = constant + coefficient · mᵏ, fitted to the logarithms at all sizes. k = 1 means that " +
        "time is proportional to m. The constant is shown where it differs from 0 significantly. The law is the " +
        "one with the least AICc; where these sizes fit several, all are named.",
    ),
    seriesTable(
      [
        "series",
        "law",
        ...["exponent k", "coefficient", "constant", "residual"].map(numbers),
        "sizes",
      ],
      scalingLaws.map((law) => ({
        series: law.series,
        cells: [
          series[law.series].label,
          lawName(law) ?? NONE,
          exponentText(law),
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

const LAWS = ["m", "m log m", "m²", "m^k"];

function comparisonOfLaws({ scalingLaws, series }: Summary): Block[] {
  const rows = scalingLaws.flatMap(({ growth, series: index }) => {
    if (growth === undefined) return [];
    const texts = LAWS.map((law) => {
      const found = growth.laws.find((one) => one.law === law);
      if (found === undefined) return NONE;
      const constant = found.constantNs === undefined ? "" : " with a constant";
      return `${formatFixed(found.deltaAicc, 1)} (${formatPercent(found.weight, 0)})${constant}`;
    });
    return [{ series: index, cells: [series[index].label, ...texts] }];
  });
  if (rows.length === 0) return [];
  return [
    heading("How much worse the other laws fit", 3),
    paragraph(
      "Difference in AICc from the best law, and the Akaike weight: its share of the evidence. A difference " +
        "below 4 does not rule a law out.",
    ),
    seriesTable(["series", ...LAWS.map((law) => numbers(nameOf(law)))], rows),
  ];
}

/** What the sizes below the largest predict for it: times or errors. */
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
  const figures = ["m", "predicted", "measured", "off by"].map(numbers);
  return titledTable(title, ["series", ...figures, "interval"], rows);
}
