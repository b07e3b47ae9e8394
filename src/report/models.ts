import type { SameModel, Summary } from "../analysis/summary.ts";
import { formatCount, formatError, formatNumber } from "./format.ts";

/** More names than this are not listed where they are all that there are. */
const MOST_NAMED = 3;

/**
 * Whether the implementations train the same model as the baseline, as sentences: one for each that does not,
 * one for those of which it is not known, one for all that do. Nothing where there is no other, or in old summaries.
 */
export function modelSentences({ sameModel = [], series, plan }: Summary): string[] {
  const of = (verdict: SameModel["verdict"]) => sameModel.filter((one) => one.verdict === verdict);
  const names = (models: readonly SameModel[]) => {
    const labels = [...new Set(models.map((model) => series[model.series].label))];
    return labels.length === sameModel.length && labels.length > MOST_NAMED
      ? `All ${labels.length} others`
      : labels.join(", ");
  };
  const [same, unknown] = [of("same model"), of("unknown")];
  return [
    ...of("different model").map((model) =>
      `No speedup for ${names([model])}: it trains a different model than ${plan.baseline}. ` +
      `${evidence([model])}.`
    ),
    ...(same.length > 0
      ? [
        `${names(same)} train${same.length === 1 ? "s" : ""} the same model as ${plan.baseline}. ${
          evidence(same)
        }.`,
      ]
      : []),
    ...(unknown.length > 0
      ? [
        `Whether ${names(unknown)} train${unknown.length === 1 ? "s" : ""} the same model as ` +
        `${plan.baseline} is not known: there are no losses of single steps of both, or training makes too ` +
        "much of a rounding for them to be compared.",
      ]
      : []),
  ];
}

/** Of several, the figures that come nearest to the bounds. */
function evidence(models: readonly SameModel[]): string {
  const trajectories = models.flatMap(({ trajectory }) => trajectory ?? []);
  const worst =
    trajectories.toSorted((a, b) =>
      b.maxRelativeDifference / b.tolerance - a.maxRelativeDifference / a.tolerance
    )[0];
  const apart =
    models.flatMap(({ accuracy }) => accuracy ?? []).toSorted((a, b) =>
      Math.abs(b.difference) - Math.abs(a.difference)
    )[0];
  const losses = worst &&
    `Losses of the first ${worst.steps} steps differ by up to ` +
      `${formatError(worst.maxRelativeDifference)} (rounding may make ` +
      `${formatError(worst.tolerance)})`;
  const accuracy = apart &&
    `accuracy at m = ${formatCount(apart.examples)} by ${points(apart.difference)} ` +
      `[${points(apart.interval[0])}, ${points(apart.interval[1])}] points` +
      (apart.seeds > 1 ? ` over ${apart.seeds} seeds` : "");
  return [losses, accuracy].filter((part) => part !== undefined).join(", ");
}

const points = (share: number): string => {
  const value = 100 * share;
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${
    formatNumber(Math.abs(Number(value.toFixed(2))))
  }`;
};
