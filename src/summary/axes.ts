import type { Plan } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";

/**
 * What a cell computes, apart from its program, its data and its minibatches. Where shards of several
 * kinds of machines were merged, the machine belongs to it: times of different machines are never compared.
 */
export type Setting =
  & Pick<Cell, "layerSizes" | "hiddenActivation" | "outputLoss" | "rate">
  & { readonly machine?: string | undefined };

/** Which parts of the setting have several values: only these are named. A machine always is. */
export type Axes = Readonly<Record<Exclude<keyof Setting, "machine">, boolean>>;

export const axesOfPlan = (plan: Plan): Axes => ({
  layerSizes: plan.layers.length > 1,
  hiddenActivation: plan.hiddenActivations.length > 1,
  outputLoss: plan.outputLosses.length > 1,
  rate: plan.rates.length > 1,
});

export function axesOfCells(cells: readonly Setting[]): Axes {
  const differs = (part: keyof Axes) => new Set(cells.map((cell) => String(cell[part]))).size > 1;
  return {
    layerSizes: differs("layerSizes"),
    hiddenActivation: differs("hiddenActivation"),
    outputLoss: differs("outputLoss"),
    rate: differs("rate"),
  };
}

/** As parts of a label: "784-128-10", "relu", "softmax-cross-entropy", "rate 0.3". */
export const axisParts = (setting: Setting, axes: Axes): string[] => [
  ...(axes.layerSizes ? [setting.layerSizes.join("-")] : []),
  ...(axes.hiddenActivation ? [setting.hiddenActivation] : []),
  ...(axes.outputLoss ? [setting.outputLoss] : []),
  ...(axes.rate ? [`rate ${setting.rate}`] : []),
  ...(setting.machine === undefined ? [] : [setting.machine]),
];

/** Equal for cells of the same setting. */
export const settingKey = (
  { layerSizes, hiddenActivation, outputLoss, rate, machine }: Setting,
): string =>
  [
    ...[layerSizes.join("-"), hiddenActivation, outputLoss, rate],
    ...(machine === undefined ? [] : [machine]),
  ].join("|");

/** The same for two series: they may be chosen between. */
export const choiceKey = (series: Setting & { readonly batch: string }): string =>
  `${settingKey(series)}|${series.batch}`;
