import type { Code } from "../../base/assembler/code.ts";
import type { DeclareLocal } from "../../base/assembler/module.ts";
import type { Block, Matrix, Rows } from "./block.ts";
import { addOuterProducts, addRows, matrixProduct, transpose } from "./dense.ts";
import { activateAll, multiplySlopes } from "./elementwise.ts";
import type { PrivatePlan, SharedPlan } from "./memory_plan.ts";

/** Code for the layers above the first, and where the first one's matrices lie. */
export interface NetworkCode {
  /** Weights of layer 0, and the sums of their gradient. */
  readonly weights: Matrix;
  readonly sums: Matrix;
  /** Address of its biases. */
  readonly biases: number;
  /** Where its z are written. */
  readonly output: Rows;
  /** The rows of its δ. */
  readonly delta: Rows;
  /** The output layer's z, then its δ. */
  readonly outputDelta: Rows;
  /** Starts a step: the backward pass reads transposed weights. */
  transposeAll(declare: DeclareLocal): Code;
  /** From z of layer 0 to z of the output layer. */
  forwardAbove(block: Block): Code;
  /** From δ of the output layer to that of layer 0; adds the gradients of biases and of the weights above. */
  backwardAbove(block: Block): Code;
}

export function networkCode(
  { network: { hiddenActivation }, layout: { layers }, parameters }: SharedPlan,
  { sums, activations, deltas, transposed }: PrivatePlan,
): NetworkCode {
  const last = layers.length - 1;
  const matricesAt = (start: number) =>
    layers.map(({ inputs, width, weightOffset, inStride }): Matrix => ({
      address: start + 4 * weightOffset,
      strideBytes: 4 * inStride,
      inputs,
      width,
    }));
  const weights = matricesAt(parameters);
  const weightSums = matricesAt(sums);
  const biasesOf = (l: number) => parameters + 4 * layers[l].biasOffset;
  /** z of layer l is written to the next layer's input, or for the last layer to where δ will be. */
  const outputOf = (l: number) => l === last ? deltas[l] : known(activations[l + 1]);
  /** [1, …, last] */
  const above = layers.map((_, l) => l).slice(1);
  return {
    weights: weights[0],
    sums: weightSums[0],
    biases: biasesOf(0),
    output: outputOf(0),
    delta: deltas[0],
    outputDelta: deltas[last],

    transposeAll: (declare) =>
      above.map((l) => transpose(weights[l], known(transposed[l]), declare)),

    forwardAbove: (block) =>
      above.map((l) => [
        activateAll(block, hiddenActivation, outputOf(l - 1)),
        matrixProduct(block, outputOf(l - 1), weights[l], outputOf(l), biasesOf(l)),
      ]),

    backwardAbove: (block) => {
      const biasSums = (l: number) =>
        addRows(block, deltas[l], sums + 4 * layers[l].biasOffset, layers[l].width);
      return [
        above.toReversed().map((l) => [
          biasSums(l),
          addOuterProducts(block, outputOf(l - 1), deltas[l], weightSums[l]),
          matrixProduct(block, deltas[l], known(transposed[l]), deltas[l - 1]),
          multiplySlopes(block, hiddenActivation, deltas[l - 1], outputOf(l - 1)),
        ]),
        biasSums(0),
      ];
    },
  };
}

/** Rows that the plan must have for this layer. */
function known<T>(rows: T | undefined): T {
  if (rows === undefined) {
    throw new Error("Cannot generate the module: the plan lacks rows that a layer needs");
  }
  return rows;
}
