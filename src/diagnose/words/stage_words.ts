import type { FindingOf, Stage } from "../../format/finding.ts";
import { formatNumber } from "../../report/numbers.ts";

const STAGES: Readonly<Record<Stage, string>> = {
  pixels: "the pixels that enter",
  activation: "the activations",
  product: "the vector that δ is multiplied with",
  output: "δ of the output",
  backward: "δ that is passed down to the neurons",
  biases: "the bias gradient",
};

/** "the activations of layer 2", "the pixels that enter layer 1" */
export const stageOf = (stage: Stage, layer: number): string =>
  `${STAGES[stage]}${stage === "pixels" ? "" : " of"} layer ${layer}`;

/** What was read of a stage that no formula fits, beside what should be there. */
export function stageInWords(
  { stage, layer, nearest, error, table }: FindingOf<"unexplained">["stages"][number],
): string {
  const values = (key: "read" | "expected") =>
    table.map((one) => formatNumber(one[key])).join(", ");
  return `In layer ${layer}, ${STAGES[stage]}` +
    (table.length > 0 ? ` is ${values("read")} … where ${values("expected")} … is right` : "") +
    (nearest === undefined || error === undefined
      ? "."
      : `; the nearest formula is ${nearest}, off by a relative ${formatNumber(error)}.`);
}
