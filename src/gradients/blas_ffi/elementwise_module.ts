import { clearMemory, type Code, f64, i32, v128 } from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import { type Block, blocksOf, endOf, type Rows } from "../wasm/block.ts";
import { arithmetic } from "../wasm/arithmetic.ts";
import { addRows } from "../wasm/dense.ts";
import { activateAll, addDescend, gather, multiplySlopes } from "../wasm/elementwise.ts";
import { instantiate } from "../wasm/instance.ts";
import { count, locals, VECTOR_BYTES } from "../wasm/loops.ts";
import { lossAndDelta } from "../wasm/output_layer.ts";
import type { MemoryPlan } from "./buffer_plan.ts";

/** Functions of one layer. They work on the first `examples` rows of the matrices. */
interface LayerFunctions {
  /** Sets every row of z to the biases, to which the product is then added. */
  startSums(examples: number): void;
  /** Clears the gradient of the biases. */
  clearBiases(): void;
  /** a = f(z), in place. Not for the output layer. */
  activate(examples: number): void;
  /** δ ⊙= f′(z). Not for the output layer. */
  multiplySlopes(examples: number): void;
  /** Adds every row of δ to the gradient of the biases. */
  addBiases(examples: number): void;
}

interface Elementwise {
  /** Converts the pixels of the batch's examples, starting with number `from`, to float32 / 255. */
  gather(from: number, examples: number): void;
  /** Returns the sum of their losses; turns z of the output layer into δ · scale. */
  loss(from: number, examples: number, scale: number): number;
  /** parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
  descend(start: number, bytes: number, rate: number): void;
  readonly layers: readonly LayerFunctions[];
}

/** Generates everything between the matrix products, with 4 float32 lanes, for the given layer sizes. */
export function elementwise(
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
  options: { readonly pages: number; readonly relaxed: boolean },
): Elementwise {
  const { network: { hiddenActivation }, layout: { layers }, parameters, gradient, deltas } = plan;
  const last = layers.length - 1;
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);
  const blockOf = blocksOf(plan.batch, sums);

  module.function(
    "gather",
    ["i32", "i32"],
    [],
    (numbers, declare) =>
      gather(blockOf(numbers, declare), plan.pixels, layers[0].inputs, plan.activations[0]),
  );

  module.function("loss", ["i32", "i32", "f32"], ["f64"], (numbers, declare) => {
    const lossSum = declare("f64");
    const block = blockOf(numbers, declare);
    return [
      lossSum.set(f64.const(0)),
      lossAndDelta(block, plan, deltas[last], numbers[2], lossSum, logarithm),
      lossSum.get,
    ];
  });

  addDescend(module, sums, gradient, parameters);

  for (const [l, { width, biasOffset }] of layers.entries()) {
    const biases = parameters + 4 * biasOffset;
    const biasGradient = gradient + 4 * biasOffset;
    const sumsOf = l === last ? deltas[l] : plan.activations[l + 1];
    const add = (name: keyof LayerFunctions, body: (block: Block) => Code) =>
      module.function(
        `${name}${l}`,
        ["i32"],
        [],
        ([examples], declare) => body({ ...sums, declare, examples, batch: [] }),
      );
    module.function(
      `clearBiases${l}`,
      [],
      [],
      () => clearMemory(i32.const(biasGradient), i32.const(4 * width)),
    );
    add("addBiases", (block) => addRows(block, deltas[l], biasGradient, width));
    add("startSums", (block) => repeatRow(block, biases, 4 * width, sumsOf));
    if (l === last) continue;
    add("activate", (block) => activateAll(block, hiddenActivation, sumsOf));
    add("multiplySlopes", (block) => multiplySlopes(block, hiddenActivation, deltas[l], sumsOf));
  }

  const functions = instantiate<Record<string, () => void>>(module.toBytes(), memory);
  const ofLayer = (l: number) =>
    Object.fromEntries(LAYER_FUNCTIONS.map((name) => [name, functions[`${name}${l}`]]));
  return { ...functions, layers: layers.map((_, l) => ofLayer(l)) } as unknown as Elementwise;
}

const LAYER_FUNCTIONS: readonly (keyof LayerFunctions)[] = [
  "startSums",
  "clearBiases",
  "activate",
  "multiplySlopes",
  "addBiases",
];

/** target[e][:] = row[:], of `rowBytes` bytes, for the examples of a block. */
function repeatRow(block: Block, row: number, rowBytes: number, target: Rows): Code {
  const [to, end, at] = locals(block.declare, "i32");
  const copy = v128.store(i32.add(to.get, at.get), v128.load(at.get, row));
  return [
    end.set(endOf(block, target)),
    count(to, i32.const(target.address), end.get, target.strideBytes, [
      count(at, i32.const(0), i32.const(rowBytes), VECTOR_BYTES, copy),
    ]),
  ];
}
