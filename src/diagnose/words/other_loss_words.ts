import { OUTPUT_LOSSES } from "../../model/network.ts";
import { listInWords } from "./plain_words.ts";
import type { Explanation, Told } from "./told.ts";

/** Losses that people mean, and that Slope does not have. */
const MEANT: ReadonlySet<string> = new Set([
  "sigmoid-cross-entropy",
  "softmax-quadratic",
  "sigmoid-absolute",
  "softmax-binary-cross-entropy",
  "class-weights",
]);

export function otherLossWords({ form, name }: Told): Explanation {
  const meaning = `δ of the output layer belongs to ${form}, not to the loss of this problem.`;
  const derive = "Derive δ from the loss of the problem";
  if (OUTPUT_LOSSES.some((loss) => loss === name)) {
    return {
      meaning,
      fix: {
        python: `${derive}, or declare the other one: loss = "${name}".`,
        typescript: `${derive} (network.outputLoss), or ask for the other one: --loss ${name}.`,
      },
    };
  }
  if (!MEANT.has(name)) return { meaning, fix: `${derive} (network.outputLoss).` };
  const keep =
    "If you mean that loss, keep it: it may train well. Slope times its own losses only; to " +
    "go on here, take one of them";
  return {
    meaning: `${meaning} For that loss it is right. Slope's losses are ${
      listInWords(OUTPUT_LOSSES)
    }.`,
    fix: {
      python: `${keep} and declare it, as loss = "softmax-cross-entropy".`,
      typescript: `${keep}, with --loss.`,
    },
  };
}
