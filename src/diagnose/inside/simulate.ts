import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import { type After, processed } from "./after.ts";
import type { BatchRule } from "./batch_rules.ts";
import { softmax } from "./functions.ts";
import type { Vector } from "./linear.ts";
import {
  backwardPasses,
  bytesOf,
  forwardPass,
  layersOf,
  type Pass,
  type Program,
  type UpdatedOver,
} from "./program.ts";
import { DIVISORS, type Reduction, rowsKept } from "./reduction.ts";

/** A whole program as it was read: its formulas, how it reduces rows, and what it does afterwards. */
export interface Simulated {
  readonly program: Program;
  readonly reduction: Reduction;
  readonly after: After;
  readonly updatedOver: UpdatedOver;
  /** How rows of a minibatch mix. */
  readonly batchRule?: BatchRule;
  /** Parameters as the program reads them. */
  readParameters(parameters: Vector): Vector;
}

/** The gradient that a simulated program returns, as it stores it, and the z of its output layer. */
export function simulate(
  { program, reduction, after, updatedOver, batchRule, readParameters }: Simulated,
  network: Network,
  dataset: Dataset,
  given: Vector,
  batch: ArrayLike<number>,
  longest: number,
): { gradient: Vector; outputs: Vector[] } {
  const parameters = readParameters(given);
  const layers = layersOf(network);
  const passes = forwardPasses(program, network, dataset, parameters, batch, batchRule);
  backwardPasses(program, passes, updatedOver);
  const last = layers[layers.length - 1];
  const gradient = new Float64Array(last.biasOffset + last.outputs);
  const rows = passes.length;
  const kept = rowsKept(reduction.rule, rows, longest);
  const count = { rows, kept: kept.length, longest, all: dataset.count };
  for (const { part, factor, divisor, selection, only } of reduction.parts) {
    const l = part.layer - 1;
    const { inputs, outputs } = layers[l];
    const scale = factor / DIVISORS[divisor](only ? { ...count, kept: 1 } : count);
    if (scale === 0) continue;
    for (const n of only === "first" ? [0] : only === "last" ? [rows - 1] : kept) {
      const pass = passes[n];
      if (part.kind === "biases") {
        const choice = program.biases[l];
        const vector = choice.of(pass, l);
        for (let o = 0; o < outputs; o++) {
          gradient[part.start + o] += scale * choice.factor * (vector?.[o] ?? NaN);
        }
        continue;
      }
      const ofRow = program.sharedRows?.[l]?.of(pass.delta[l]);
      const other = selection.of(n, rows);
      const sources = other === undefined ? passes : [passes[other]];
      for (const source of sources) {
        const input = program.products[l].of(source, l);
        for (let o = 0; o < outputs; o++) {
          const delta = scale * (ofRow ?? pass.delta[l][o]) / sources.length;
          for (let i = 0; i < inputs; i++) {
            gradient[part.start + o * inputs + i] += delta * (input?.[i] ?? NaN);
          }
        }
      }
    }
  }
  return {
    gradient: processed(network, gradient, given, after, rows),
    outputs: passes.map(({ z }) => z[z.length - 1]),
  };
}

/** The rows of a minibatch up to z of the output layer, mixed by a rule. */
function forwardPasses(
  program: Program,
  network: Network,
  dataset: Dataset,
  parameters: Vector,
  batch: ArrayLike<number>,
  rule: BatchRule | undefined,
): Pass[] {
  const { pixels, output } = program;
  const rows = Array.from(batch);
  const labels = rows.map((row) => dataset.labels[row]);
  const x = rule?.pixels?.(
    rows.map((row) => pixels.of(bytesOf(dataset, pixels.rowOf(row)))),
  );
  const passes = rows.map((row, n): Pass => {
    const from = rule?.pixelsOf ? rows[rule.pixelsOf(n, rows.length)] : row;
    const own = x ? { ...program, pixels: { ...pixels, of: () => x[n] } } : program;
    const pass = forwardPass(own, network, dataset, parameters, from);
    return { ...pass, row, label: rule?.labelOf?.(n, labels, dataset.labels) ?? labels[n] };
  });
  if (output.overBatch) {
    const outputs = rule?.outputs?.(passes.map(({ z }) => z[z.length - 1])) ?? batchSoftmax(passes);
    passes.forEach((pass, n) => pass.overBatch = outputs[n]);
  }
  if (rule?.targets) {
    const targets = rule.targets(
      passes.map((pass) => output.target(pass)),
      passes.map((pass) => pass.output),
    );
    passes.forEach((pass, n) => pass.target = targets[n]);
  }
  return passes;
}

/** For each row the output of a softmax that runs over the rows. */
function batchSoftmax(passes: readonly Pass[]): Vector[] {
  const outputs = passes.map(({ z }) => new Float64Array(z[z.length - 1].length));
  for (let k = 0; k < outputs[0].length; k++) {
    const column = softmax(Float64Array.from(passes, ({ z }) => z[z.length - 1][k]));
    column.forEach((value, n) => outputs[n][k] = value);
  }
  return outputs;
}
