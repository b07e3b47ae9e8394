import { f64, i32, when, whileDo } from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import { arithmetic } from "./arithmetic.ts";
import { blocksOf, fromStart } from "./block.ts";
import { addOuterProducts, matrixProduct } from "./dense.ts";
import { addDescend, gather } from "./elementwise.ts";
import { addEndOfStep, addUpdate } from "./end_of_step.ts";
import type { MemoryLimits, PixelPlan, PrivatePlan, SharedPlan } from "./memory_plan.ts";
import { networkCode } from "./network_code.ts";
import { lossAndDelta } from "./output_layer.ts";
import { sparseAccumulate, sparseForward } from "./sparse_rows.ts";

/** The functions of the module. `from`, `to` and `count` number the examples of the batch. */
export interface GradientExports {
  /** Starts a step: transposes the weights. */
  prepare(): void;
  /** Computes z of the output layer for `count` examples (at most a block). */
  forward(from: number, count: number): void;
  /** Returns the sum of their losses; turns z into δ · scale. */
  loss(from: number, count: number, scale: number): number;
  /** Adds their gradients to the sums. */
  backward(from: number, count: number): void;
  /** All of these, over `from` to `to`; returns the sum of the losses. */
  step(from: number, to: number, scale: number): number;
  /** parameters −= rate · sums, which become 0. */
  update(rate: number): void;
  /**
   * All of a step of at most a block of examples but `updateAbove`: the first layer's weights get what each example adds
   * to them, once all have their δ, so that there are no sums of theirs to add and to clear. `factor` is −rate / 255.
   * Returns the sum of the losses.
   */
  directStep?(examples: number, scale: number, factor: number): number;
  /** `update` for all but the first layer's weights. */
  updateAbove?(rate: number): void;
  /** Moves the sums to the gradient. */
  deliver(): void;
  /** parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
  descend(start: number, bytes: number, rate: number): void;
}

/**
 * The gradient of a network as a WebAssembly module, with 4 float32 lanes. A few examples at a time go through
 * all layers and back, so that their activations stay in the level 1 cache.
 */
export function gradientModule(
  shared: SharedPlan,
  own: PrivatePlan,
  pixels: PixelPlan,
  options: MemoryLimits & { readonly relaxed: boolean },
): WasmModule {
  const { layout } = shared;
  const { inputs } = layout.layers[0];
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);
  const blockOf = blocksOf(shared.batch, sums);
  const code = networkCode(shared, own);

  const prepare = module.function("prepare", [], [], (_, declare) => code.transposeAll(declare));

  const forward = module.function("forward", ["i32", "i32"], [], (numbers, declare) => {
    const block = blockOf(numbers, declare);
    return [
      pixels.kind === "sparse"
        ? sparseForward(block, pixels, code.weights, fromStart(code.output), code.biases)
        : [
          gather(block, pixels.pixels, inputs, pixels.gathered),
          matrixProduct(block, pixels.gathered, code.weights, code.output, code.biases),
        ],
      code.forwardAbove(block),
    ];
  });

  const loss = module.function("loss", ["i32", "i32", "f32"], ["f64"], (numbers, declare) => {
    const lossSum = declare("f64");
    const block = blockOf(numbers, declare);
    return [
      lossAndDelta(block, shared, code.outputDelta, numbers[2], lossSum, logarithm),
      lossSum.get,
    ];
  });

  const backward = module.function("backward", ["i32", "i32"], [], (numbers, declare) => {
    const block = blockOf(numbers, declare);
    return [
      code.backwardAbove(block),
      pixels.kind === "sparse"
        ? sparseAccumulate(block, pixels, fromStart(code.delta), code.sums)
        : addOuterProducts(block, pixels.gathered, code.delta, code.sums),
    ];
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

  const pixelsEnd = 4 * layout.layers[0].biasOffset;
  const above = { start: pixelsEnd, end: 4 * layout.length, sums: [own.sums] };
  addEndOfStep(module, sums, shared, [{ start: 0, end: pixelsEnd, sums: [own.sums] }, above]);
  if (pixels.kind === "sparse") {
    module.function("directStep", ["i32", "f32", "f32"], ["f64"], (numbers, declare) => {
      const [examples, scale, factor] = numbers;
      const [first, lossSum] = [declare("i32"), declare("f64")]; // 0
      const block = blockOf([first, examples], declare);
      return [
        prepare.call(),
        forward.call(first.get, examples.get),
        lossSum.set(loss.call(first.get, examples.get, scale.get)),
        code.backwardAbove(block),
        sparseAccumulate(block, pixels, fromStart(code.delta), code.weights, factor.get),
        lossSum.get,
      ];
    });
    addUpdate(module, "updateAbove", sums, shared, [above]);
  }
  addDescend(module, sums, shared.gradient, shared.parameters);
  return module;
}
