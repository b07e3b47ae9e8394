import {
  clearMemory,
  type Code,
  f32x4,
  i32,
  type Local,
  v128,
  when,
  whileDo,
} from "../../base/assembler/code.ts";
import { WasmModule } from "../../base/assembler/module.ts";
import { arithmetic } from "../wasm/arithmetic.ts";
import { type Block, blocksOf, endOf, type MovingRows, type Rows } from "../wasm/block.ts";
import { addDescend } from "../wasm/elementwise.ts";
import { addEndOfStep, type Part } from "../wasm/end_of_step.ts";
import { advance, count, locals, plus, VECTOR_BYTES } from "../wasm/loops.ts";
import type { MemoryLimits, PrivatePlan, SharedPlan } from "../wasm/memory_plan.ts";
import { networkCode } from "../wasm/network_code.ts";
import { lossAndDelta } from "../wasm/output_layer.ts";
import { sparseAccumulate, sparseForward, type SparseRows } from "../wasm/sparse_rows.ts";

/** What a thread does in a step, one after the other; all threads finish one before any begins the next. */
export interface PartExports {
  /** Sums up the pixels of its section, for the first `examples` of the batch. */
  sumPixels(examples: number): void;
  /** The layers above those sums, for the examples `from` to `to`. Returns the sum of their losses. */
  layersAbove(from: number, to: number, scale: number): number;
  /** Adds the gradient of its section's weights, for the first `examples` of the batch. */
  addPixels(examples: number): void;
  /** parameters −= rate · sums in its parts of the layout; the sums become 0. */
  update(rate: number): void;
  /** Moves the sums of its parts to the gradient. */
  deliver(): void;
  /** parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
  descend(start: number, bytes: number, rate: number): void;
}

/** Arrays that the threads exchange within a step. */
export interface Exchanged {
  /** [thread] (maxBatchSize, width) Σ value / 255 · weights over its pixels; written by that thread, read by all. */
  readonly pixelSums: readonly Rows[];
  /** (maxBatchSize, width) δ of layer 0; each thread writes those of its examples and reads all. */
  readonly deltas: Rows;
}

/** The part of one thread. */
export function partModule(
  shared: SharedPlan,
  own: PrivatePlan,
  { pixelSums, deltas }: Exchanged,
  { index, section, parts }: { index: number; section: SparseRows; parts: readonly Part[] },
  options: MemoryLimits & { readonly relaxed: boolean },
): WasmModule {
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);
  const blockOf = blocksOf(shared.batch, sums);
  const code = networkCode(shared, own);

  /** `body` for the examples `from` to `to`, a block at a time. */
  const inBlocks = (from: Local, to: Code, examples: Local, body: Code): Code =>
    whileDo(i32.ltU(from.get, to), [
      examples.set(i32.sub(to, from.get)),
      when(i32.ltU(i32.const(own.block), examples.get), examples.set(i32.const(own.block))),
      body,
      from.set(i32.add(from.get, examples.get)),
    ]);

  module.function("sumPixels", ["i32"], [], ([all], declare) => {
    const [from, examples] = locals(declare, "i32");
    const block = blockOf([from, examples], declare);
    const target = movedBy(from, pixelSums[index]);
    return inBlocks(from, all.get, examples, sparseForward(block, section, code.weights, target));
  });

  module.function("layersAbove", ["i32", "i32", "f32"], ["f64"], ([from, to, scale], declare) => {
    const examples = declare("i32");
    const lossSum = declare("f64");
    const block = blockOf([from, examples], declare);
    const { layers: [{ biasOffset }], length } = shared.layout;
    return [
      code.transposeAll(declare),
      clearMemory(i32.const(own.sums + 4 * biasOffset), i32.const(4 * (length - biasOffset))),
      inBlocks(from, to.get, examples, [
        addUp(block, from, pixelSums, code.biases, code.output),
        code.forwardAbove(block),
        lossAndDelta(block, shared, code.outputDelta, scale, lossSum, logarithm),
        code.backwardAbove(block),
        copyRows(block, code.delta, movedBy(from, deltas)),
      ]),
      lossSum.get,
    ];
  });

  module.function("addPixels", ["i32"], [], ([all], declare) => {
    const [from, examples] = locals(declare, "i32");
    const block = blockOf([from, examples], declare);
    const accumulate = sparseAccumulate(block, section, movedBy(from, deltas), code.sums);
    return inBlocks(from, all.get, examples, accumulate);
  });

  addEndOfStep(module, sums, shared, parts);
  addDescend(module, sums, shared.gradient, shared.parameters);
  return module;
}

/** The rows from example `from` on. */
const movedBy = (from: Local, { address, strideBytes }: Rows): MovingRows => ({
  start: plus(i32.mul(from.get, i32.const(strideBytes)), address),
  strideBytes,
});

/** into[e][:] = biases[:] + Σ part[from + e][:] over the parts, in their order. */
function addUp(
  block: Block,
  from: Local,
  parts: readonly Rows[],
  biases: number,
  into: Rows,
): Code {
  const [row, rowEnd, source, v] = locals(block.declare, "i32");
  const { strideBytes } = into;
  const sum = parts.reduce<Code>(
    (sum, { address }) => f32x4.add(sum, v128.load(i32.add(source.get, v.get), address)),
    v128.load(v.get, biases),
  );
  return [
    source.set(i32.mul(from.get, i32.const(strideBytes))),
    rowEnd.set(endOf(block, into)),
    count(row, i32.const(into.address), rowEnd.get, strideBytes, [
      count(v, i32.const(0), i32.const(strideBytes), VECTOR_BYTES, [
        v128.store(i32.add(row.get, v.get), sum),
      ]),
      advance(source, strideBytes),
    ]),
  ];
}

function copyRows(block: Block, from: Rows, into: MovingRows): Code {
  const [at, end, to] = locals(block.declare, "i32");
  return [
    to.set(into.start),
    end.set(endOf(block, from)),
    count(at, i32.const(from.address), end.get, VECTOR_BYTES, [
      v128.store(to.get, v128.load(at.get)),
      advance(to, VECTOR_BYTES),
    ]),
  ];
}
