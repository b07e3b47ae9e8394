import {
  clearMemory,
  type Code,
  f64,
  i32,
  type Local,
  when,
  whileDo,
} from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import { padded } from "./arena.ts";
import { arithmetic } from "./arithmetic.ts";
import { addOuterProducts, addRows, matrixProduct, type Rows, transpose } from "./dense.ts";
import { activateAll, addArrays, gather, multiplySlopes, subtractScaled } from "./elementwise.ts";
import { plus } from "./loops.ts";
import { lossAndDelta } from "./output.ts";
import type { PrivatePlan, SharedPlan } from "./memory_plan.ts";
import { sparseAccumulate, sparseForward } from "./sparse_rows.ts";

/** The functions of the module. `from`, `to` and `count` number the examples of the batch. */
export interface GradientExports {
  /** Starts a step: transposes the weights and clears the gradient. */
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
  const { network: { hiddenActivation, outputLoss }, layout, parameters, labels, targets } = shared;
  const { gradient, block } = own;
  const [whole, ...parts] = gradients;
  const { layers } = layout;
  const last = layers.length - 1;
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);

  const rowsAt = (start: number, l: number): Rows => ({
    address: start + 4 * layers[l].weightOffset,
    strideBytes: 4 * layers[l].inStride,
  });
  const transposedOf = (l: number): Rows => known(own.transposed[l]);
  const biasesOf = (l: number) => parameters + 4 * layers[l].biasOffset;
  const batchFrom = (from: Local): Code => plus(i32.shl(from.get, i32.const(2)), shared.batch);
  /** Where z of layer l is written: to the next layer's input, or for the last layer to where δ will be. */
  const outputOf = (l: number): Rows => l === last ? own.deltas[l] : activationsOf(l + 1);
  const activationsOf = (l: number): Rows => known(own.activations[l]);

  const prepare = module.function("prepare", [], [], (_, declare) => [
    clearMemory(i32.const(gradient), i32.const(4 * layout.length)),
    layers.slice(1).map(({ inputs, width }, l) =>
      transpose(
        { matrix: rowsAt(parameters, l + 1), inputs, width, into: transposedOf(l + 1) },
        declare,
      )
    ),
  ]);

  const forward = module.function(
    "forward",
    ["i32", "i32"],
    [],
    ([from, examples], declare) =>
      layers.map(({ inputs, width }, l) => [
        l === 0 && shared.pixels.kind === "sparse"
          ? sparseForward(sums, {
            examples: examples.get,
            batch: batchFrom(from),
            rows: shared.pixels,
            width,
            weights: rowsAt(parameters, 0).address,
            biases: biasesOf(0),
            target: outputOf(0),
          }, declare)
          : [
            l === 0 && shared.pixels.kind === "dense"
              ? gather(
                { examples, batch: batchFrom(from), pixels: shared.pixels.pixels, inputs },
                activationsOf(0),
                declare,
              )
              : [],
            matrixProduct(sums, {
              examples: examples.get,
              source: activationsOf(l),
              inputs,
              matrix: rowsAt(parameters, l),
              width,
              start: biasesOf(l),
              target: outputOf(l),
            }, declare),
          ],
        l === last ? [] : activateAll(
          hiddenActivation,
          sums,
          outputOf(l).address,
          i32.mul(examples.get, i32.const(outputOf(l).strideBytes)),
          declare,
        ),
      ]),
  );

  const loss = module.function(
    "loss",
    ["i32", "i32", "f32"],
    ["f64"],
    ([from, examples, scale], declare) => {
      const lossSum = declare("f64");
      const { outputs: classes, width } = layers[last];
      return [
        lossAndDelta(outputLoss, sums, {
          examples: examples.get,
          rows: own.deltas[last],
          classes,
          width,
          batch: batchFrom(from),
          labels,
          targets,
          scale: scale.get,
          lossSum,
          logarithm,
        }, declare),
        lossSum.get,
      ];
    },
  );

  const backward = module.function(
    "backward",
    ["i32", "i32"],
    [],
    ([from, examples], declare) =>
      layers.map((_, down) => {
        const l = last - down;
        const { inputs, outputs, width, biasOffset } = layers[l];
        const delta = own.deltas[l];
        const weightGradient = rowsAt(gradient, l);
        const below = l > 0 ? own.deltas[l - 1] : undefined;
        return [
          addRows(
            { examples: examples.get, delta, gradient: gradient + 4 * biasOffset, width },
            declare,
          ),
          l === 0 && shared.pixels.kind === "sparse"
            ? sparseAccumulate(sums, {
              examples: examples.get,
              batch: batchFrom(from),
              rows: shared.pixels,
              width,
              gradient: weightGradient.address,
              delta,
            }, declare)
            : addOuterProducts(sums, {
              examples: examples.get,
              source: activationsOf(l),
              inputs,
              delta,
              gradient: weightGradient,
              width,
            }, declare),
          below === undefined ? [] : [
            matrixProduct(sums, {
              examples: examples.get,
              source: delta,
              inputs: outputs,
              matrix: transposedOf(l),
              width: padded(inputs),
              target: below,
            }, declare),
            multiplySlopes(
              hiddenActivation,
              sums,
              below.address,
              activationsOf(l).address,
              i32.mul(examples.get, i32.const(below.strideBytes)),
              declare,
            ),
          ],
        ];
      }),
  );

  module.function("step", ["i32", "i32", "f32"], ["f64"], ([from, to, scale], declare) => {
    const examples = declare("i32");
    const lossSum = declare("f64");
    return [
      prepare.call(),
      whileDo(i32.ltU(from.get, to.get), [
        examples.set(i32.sub(to.get, from.get)),
        when(i32.ltU(i32.const(block), examples.get), examples.set(i32.const(block))),
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

  module.function(
    "descend",
    ["i32", "i32", "f32"],
    [],
    ([start, bytes, rate], declare) =>
      subtractScaled(sums, { start, bytes, rate, gradient: whole, parameters }, declare),
  );
  return module;
}

/** Rows that the plan must have for this layer. */
function known(rows: Rows | undefined): Rows {
  if (rows === undefined) {
    throw new Error("Cannot generate the module: the plan lacks rows that a layer needs");
  }
  return rows;
}
