import { clearMemory, f64, i32, when, whileDo } from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import { arithmetic } from "./arithmetic.ts";
import { blocksOf, type Matrix } from "./block.ts";
import { addOuterProducts, addRows, matrixProduct, transpose } from "./dense.ts";
import { activateAll, addArrays, addDescend, gather, multiplySlopes } from "./elementwise.ts";
import { lossAndDelta } from "./output_layer.ts";
import type { PrivatePlan, SharedPlan } from "./memory_plan.ts";
import { addEndOfStep } from "./end_of_step.ts";
import { sparseAccumulate, sparseForward } from "./sparse_rows.ts";

/** The functions of the module. `from`, `to` and `count` number the examples of the batch. */
export interface GradientExports {
  /** Starts a step: transposes the weights and clears the gradient, unless steps have sums of their own. */
  prepare(): void;
  /** Computes z of the output layer for `count` examples (at most a block). */
  forward(from: number, count: number): void;
  /** Returns the sum of their losses; turns z into δ · scale. */
  loss(from: number, count: number, scale: number): number;
  /** Adds their gradients. */
  backward(from: number, count: number): void;
  /** A whole step over `from` to `to`; returns the sum of the losses. */
  step(from: number, to: number, scale: number): number;
  /** Adds the other threads' gradients to the first one, in order, for a slice of the layout. */
  reduce(start: number, bytes: number): void;
  /** parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
  descend(start: number, bytes: number, rate: number): void;
  /** Where steps have sums of their own: parameters −= rate · sums, which become 0. */
  update?(rate: number): void;
  /** Likewise: moves the sums to the gradient. */
  deliver?(): void;
}

/**
 * The gradient of a network as a WebAssembly module, with 4 float32 lanes. A few examples at a time go through
 * all layers and back, so that their activations stay in the level 1 cache.
 */
export function gradientModule(
  shared: SharedPlan,
  own: PrivatePlan,
  options: { readonly pages: number; readonly shared: boolean; readonly relaxed: boolean },
  /** Addresses of all threads' gradients; the first receives the sum. */
  gradients: readonly number[] = [own.gradient],
): WasmModule {
  const { network: { hiddenActivation }, layout, parameters, pixels } = shared;
  const { deltas, sums: stepSums } = own;
  /** What a step adds to. */
  const gradient = stepSums ?? own.gradient;
  const [whole, ...parts] = gradients;
  const { layers } = layout;
  const last = layers.length - 1;
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);

  const blockOf = blocksOf(shared.batch, sums);
  const matricesAt = (start: number) =>
    layers.map(({ inputs, width, weightOffset, inStride }): Matrix => ({
      address: start + 4 * weightOffset,
      strideBytes: 4 * inStride,
      inputs,
      width,
    }));
  const weights = matricesAt(parameters);
  const weightGradients = matricesAt(gradient);
  const transposedOf = (l: number) => known(own.transposed[l]);
  const activationsOf = (l: number) => known(own.activations[l]);
  /** Where z of layer l is written: to the next layer's input, or for the last layer to where δ will be. */
  const outputOf = (l: number) => l === last ? deltas[l] : activationsOf(l + 1);

  const prepare = module.function("prepare", [], [], (_, declare) => [
    stepSums ? [] : clearMemory(i32.const(gradient), i32.const(4 * layout.length)),
    weights.map((matrix, l) => l === 0 ? [] : transpose(matrix, transposedOf(l), declare)),
  ]);

  const forward = module.function("forward", ["i32", "i32"], [], (numbers, declare) => {
    const block = blockOf(numbers, declare);
    return layers.map(({ inputs, biasOffset }, l) => {
      const biases = parameters + 4 * biasOffset;
      return [
        l === 0 && pixels.kind === "dense"
          ? gather(block, pixels.pixels, inputs, activationsOf(0))
          : [],
        l === 0 && pixels.kind === "sparse"
          ? sparseForward(block, pixels, weights[l], outputOf(l), biases)
          : matrixProduct(block, activationsOf(l), weights[l], outputOf(l), biases),
        l === last ? [] : activateAll(block, hiddenActivation, outputOf(l)),
      ];
    });
  });

  const loss = module.function("loss", ["i32", "i32", "f32"], ["f64"], (numbers, declare) => {
    const lossSum = declare("f64");
    const block = blockOf(numbers, declare);
    return [lossAndDelta(block, shared, deltas[last], numbers[2], lossSum, logarithm), lossSum.get];
  });

  const backward = module.function("backward", ["i32", "i32"], [], (numbers, declare) => {
    const block = blockOf(numbers, declare);
    return layers.toReversed().map(({ width, biasOffset }, down) => {
      const l = last - down;
      return [
        addRows(block, deltas[l], gradient + 4 * biasOffset, width),
        l === 0 && pixels.kind === "sparse"
          ? sparseAccumulate(block, pixels, deltas[l], weightGradients[l])
          : addOuterProducts(block, activationsOf(l), deltas[l], weightGradients[l]),
        l === 0 ? [] : [
          matrixProduct(block, deltas[l], transposedOf(l), deltas[l - 1]),
          multiplySlopes(block, hiddenActivation, deltas[l - 1], activationsOf(l)),
        ],
      ];
    });
  });

  module.function("step", ["i32", "i32", "f32"], ["f64"], ([from, to, scale], declare) => {
    const examples = declare("i32");
    const lossSum = declare("f64");
    const block = i32.const(own.block);
    return [
      prepare.call(),
      whileDo(i32.ltU(from.get, to.get), [
        examples.set(i32.sub(to.get, from.get)),
        when(i32.ltU(block, examples.get), examples.set(block)),
        forward.call(from.get, examples.get),
        lossSum.set(f64.add(lossSum.get, loss.call(from.get, examples.get, scale.get))),
        backward.call(from.get, examples.get),
        from.set(i32.add(from.get, examples.get)),
      ]),
      lossSum.get,
    ];
  });

  module.function(
    "reduce",
    ["i32", "i32"],
    [],
    ([start, bytes], declare) => addArrays(whole, parts, start, bytes, declare),
  );
  addDescend(module, sums, whole, parameters);
  if (stepSums !== undefined) {
    addEndOfStep(module, sums, {
      sums: stepSums,
      parameters,
      gradient: own.gradient,
      bytes: 4 * layout.length,
    });
  }
  return module;
}

/** Rows that the plan must have for this layer. */
function known<T>(rows: T | undefined): T {
  if (rows === undefined) {
    throw new Error("Cannot generate the module: the plan lacks rows that a layer needs");
  }
  return rows;
}
