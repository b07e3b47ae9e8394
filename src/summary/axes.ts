import type { Plan } from "../format/plan.ts";
import type { Cell } from "../format/trial_record.ts";

/** What a cell computes, apart from its program, its data and its minibatches. */
export type Setting = Pick<Cell, "layerSizes" | "hiddenActivation" | "outputLoss" | "rate">;

/** Which parts of the setting have several values: only these are named. */
export type Axes = Readonly<Record<keyof Setting, boolean>>;

export const axesOfPlan = (plan: Plan): Axes => ({
  layerSizes: plan.layers.length > 1,
  hiddenActivation: plan.hiddenActivations.length > 1,
  outputLoss: plan.outputLosses.length > 1,
  rate: plan.rates.length > 1,
});

export function axesOfCells(cells: readonly Setting[]): Axes {
  const differs = (part: keyof Setting) =>
    new Set(cells.map((cell) => String(cell[part]))).size > 1;
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
];

/** Equal for cells of the same setting. */
export const settingKey = (
  { layerSizes, hiddenActivation, outputLoss, rate }: Setting,
): string => [layerSizes.join("-"), hiddenActivation, outputLoss, rate].join("|");

/** The same for two series: they may be chosen between. */
export const choiceKey = (series: Setting & { readonly batch: string }): string =>
  `${settingKey(series)}|${series.batch}`;
