import type { Choice } from "../format/choice.ts";
import type { Crossover } from "../format/crossover.ts";
import { CROSSOVER_AXES, type CrossoverAxis } from "../format/crossover_axes.ts";
import type { Summary } from "../format/summary.ts";
import { axesOfPlan, axisParts, choiceKey } from "../summary/axes.ts";
import { counted, formatCount, listed } from "./numbers.ts";
import { largestSize, seriesOfCell } from "./select.ts";

/** "wasm_threads takes less in all than wasm_sparse from B = 48 [32, 64] on." For the first seed, and along B and width the largest m. */
export function crossoverSentences(
  summary: Summary,
  axes: readonly CrossoverAxis[] = CROSSOVER_AXES,
): string[] {
  const { crossovers, plan } = summary;
  const size = largestSize(summary);
  const asked = plan.crossover;
  if (
    asked !== undefined && axes.includes(asked) && !crossovers.some(({ axis }) => axis === asked)
  ) {
    return [`No crossover along ${AXIS_WORDS[asked]} is proved: ${NEXT}.`];
  }
  return crossovers
    .filter(({ axis, cell }) =>
      axes.includes(axis) && cell.seed === plan.seeds[0] &&
      (axis === "examples" || cell.examples === size)
    )
    .map((one) => sentence(one, summary));
}

const AXIS_WORDS: Record<CrossoverAxis, string> = {
  examples: "m",
  batch: "B",
  width: "the width",
};
const NEXT = "give ends that lie farther apart, or more --rounds";

function sentence(crossover: Crossover, summary: Summary): string {
  const { axis, at, low, high, below, above } = crossover;
  const [one, other] = [below, above].map((program) => programText(program, summary));
  const place = `${formatCount(at)} [${formatCount(low)}, ${formatCount(high)}]`;
  const where = placeText(crossover, summary) + nearText(crossover, summary);
  const along = axis === "width" ? "a width of" : `${AXIS_WORDS[axis]} =`;
  // It names only these two: a third may be the choice on either side.
  return `${other} takes less in all than ${one} from ${along} ${place} on${where}.`;
}

/** "; wasm_sparse, the choice, is near the fastest everywhere": where neither of the two is chosen. */
function nearText({ axis, cell, below, above }: Crossover, summary: Summary): string {
  const { choices, series } = summary;
  const own = seriesOfCell(summary, cell);
  const isOnLine = ({ series: one, examples }: Choice) =>
    axis === "examples"
      ? own !== undefined && choiceKey(series[one]) === choiceKey(own)
      : examples === cell.examples;
  const taken = choices.filter((choice) => choice.seed === cell.seed && isOnLine(choice))
    .map((choice) => series[choice.series]);
  const isTaken = ({ implementation, runtime, threads, ranks }: Crossover["below"]) =>
    taken.some((one) =>
      one.implementation === implementation && one.runtime === runtime &&
      one.threads === threads && one.ranks === ranks
    );
  if (taken.length === 0 || isTaken(below) || isTaken(above)) return "";
  const names = [...new Set(taken.map(({ implementation }) => implementation))];
  const are = names.length === 1 ? "the choice, is" : "the choices, are";
  return `; ${listed(names)}, ${are} near the fastest everywhere`;
}

/** The runtime, the threads and the ranks only where a run has several of them. */
function programText(
  { implementation, runtime, threads, ranks = 1 }: Crossover["below"],
  { series }: Summary,
): string {
  const several = (values: readonly (string | number)[]) => new Set(values).size > 1;
  const own = series.filter((one) => one.implementation === implementation);
  return [
    implementation,
    ...(several(series.map((one) => one.runtime)) ? [runtime] : []),
    ...(several(own.map((one) => one.threads))
      ? [threads === 1 ? "1 thread" : `${threads} threads`]
      : []),
    ...(several(own.map((one) => one.ranks ?? 1)) ? [counted(ranks, "rank")] : []),
  ].join(" · ");
}

/** What stays the same and has several values in the run: " (m = 60,000, 784-128-10)". */
function placeText({ axis, cell }: Crossover, { plan }: Summary): string {
  const { layerSizes, ...axes } = axesOfPlan(plan);
  const parts = [
    ...(axis !== "examples" && plan.sizes.length > 1 ? [`m = ${formatCount(cell.examples)}`] : []),
    ...axisParts(cell, { ...axes, layerSizes: layerSizes && axis !== "width" }),
    ...(axis !== "batch" && plan.batchSizes.length > 1
      ? [`B = ${formatCount(cell.batchSize)}`]
      : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
