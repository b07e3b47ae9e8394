import { InputError } from "../base/errors.ts";
import type { DataSource } from "../data/schemas.ts";
import type { Question } from "../format/answer.ts";
import type { PlanInput } from "../format/plan.ts";
import { checkNetwork } from "../model/network.ts";
import { DEFAULTS } from "../sweep/presets.ts";

/**
 * The question that the fields of a plan and m ask; the whole training set where m is undefined or Infinity. Throws
 * InputError for one that the data does not fit, or that is several at once.
 */
export function questionOf(
  given: PlanInput,
  examples: number | undefined,
  { features, classes, trainExamples }: Pick<DataSource, "features" | "classes" | "trainExamples">,
): Question {
  const { epochs = 1, batchSizes, layers, hiddenActivations, outputLosses } = {
    ...DEFAULTS,
    ...given,
  };
  const m = examples === undefined || examples === Infinity ? trainExamples : examples;
  if (m > trainExamples) {
    throw new InputError(
      `Cannot choose for m = ${m}: the training set has ${trainExamples} examples`,
      `choose --examples up to ${trainExamples}, or all`,
    );
  }
  const batch = single("batch", batchSizes);
  if (batch !== "full" && batch > m) {
    throw new InputError(
      `Cannot choose for minibatches of ${batch}: there are ${m} examples`,
      "choose a smaller --batch, or `full` for all examples",
    );
  }
  const layerSizes = single("layers", layers ?? [[features, 16, 16, classes]]);
  checkNetwork({ layerSizes }, features, classes);
  return {
    examples: m,
    batchSize: batch === "full" ? m : batch,
    epochs,
    layerSizes,
    hiddenActivation: single("activation", hiddenActivations),
    outputLoss: single("loss", outputLosses),
  };
}

function single<T>(flag: string, values: readonly T[] = []): T {
  if (values.length === 1) return values[0];
  throw new InputError(
    `Cannot choose for ${values.length} values of --${flag} at once: expected one`,
    "ask once for each",
  );
}
