import { clearMemory, type Code, f64, i32, type Local, v128 } from "../../base/assembler/code.ts";
import { type DeclareLocal, WasmModule } from "../../base/assembler/module.ts";
import type { Network } from "../../model/network.ts";
import { arithmetic } from "../wasm/arithmetic.ts";
import { addRows, type Rows } from "../wasm/dense.ts";
import { activateAll, gather, multiplySlopes, subtractScaled } from "../wasm/elementwise.ts";
import { count, locals, plus, VECTOR_BYTES } from "../wasm/loops.ts";
import { lossAndDelta } from "../wasm/output.ts";
import type { MemoryPlan } from "./buffer_plan.ts";

/** The functions of the module. They work on the first `examples` rows of the matrices. */
interface Elementwise {
  /** Converts the pixels of the batch's examples, starting with number `from`, to float32 / 255. */
  gather(from: number, examples: number): void;
  /** Returns the sum of their losses; turns z of the output layer into δ · scale. */
  loss(from: number, examples: number, scale: number): number;
  /** parameters −= rate · gradient, for `bytes` bytes from offset `start` on. */
  descend(start: number, bytes: number, rate: number): void;
  readonly layers: readonly {
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
  }[];
}

/** Generates everything between the matrix products, with 4 float32 lanes, for the given layer sizes. */
export function elementwise(
  { hiddenActivation, outputLoss }: Network,
  plan: MemoryPlan,
  memory: WebAssembly.Memory,
  options: { readonly pages: number; readonly relaxed: boolean },
): Elementwise {
  const { layout: { layers }, parameters, gradient } = plan;
  const last = layers.length - 1;
  const sums = arithmetic(options.relaxed);
  const module = new WasmModule(options);
  const logarithm = module.import("logarithm", ["f64"], ["f64"]);
  const batchFrom = (from: Local): Code => plus(i32.shl(from.get, i32.const(2)), plan.batch);
  const bytesOf = (examples: Local, rows: Rows): Code =>
    i32.mul(examples.get, i32.const(rows.strideBytes));

  module.function(
    "gather",
    ["i32", "i32"],
    [],
    ([from, examples], declare) =>
      gather(
        { examples, batch: batchFrom(from), pixels: plan.pixels, inputs: layers[0].inputs },
        plan.activations[0],
        declare,
      ),
  );

  module.function("loss", ["i32", "i32", "f32"], ["f64"], ([from, examples, scale], declare) => {
    const lossSum = declare("f64");
    return [
      lossSum.set(f64.const(0)),
      lossAndDelta(outputLoss, sums, {
        examples: examples.get,
        rows: plan.deltas[last],
        classes: layers[last].outputs,
        width: layers[last].width,
        batch: batchFrom(from),
        labels: plan.labels,
        targets: plan.targets,
        scale: scale.get,
        lossSum,
        logarithm,
      }, declare),
      lossSum.get,
    ];
  });

  module.function(
    "descend",
    ["i32", "i32", "f32"],
    [],
    ([start, bytes, rate], declare) =>
      subtractScaled(sums, { start, bytes, rate, gradient, parameters }, declare),
  );

  for (const [l, { width, biasOffset }] of layers.entries()) {
    const biases = parameters + 4 * biasOffset;
    const biasGradient = gradient + 4 * biasOffset;
    const delta = plan.deltas[l];
    const sumsOf = l === last ? delta : plan.activations[l + 1];
    module.function(
      `clearBiases${l}`,
      [],
      [],
      () => clearMemory(i32.const(biasGradient), i32.const(4 * width)),
    );
    const add = (name: string, body: (examples: Local, declare: DeclareLocal) => Code) =>
      module.function(`${name}${l}`, ["i32"], [], ([examples], declare) => body(examples, declare));
    add(
      "addBiases",
      (examples, declare) =>
        addRows({ examples: examples.get, delta, gradient: biasGradient, width }, declare),
    );
    add(
      "startSums",
      (examples, declare) =>
        repeatRow(biases, 4 * width, sumsOf, bytesOf(examples, sumsOf), declare),
    );
    if (l === last) continue;
    add(
      "activate",
      (examples, declare) =>
        activateAll(hiddenActivation, sums, sumsOf.address, bytesOf(examples, sumsOf), declare),
    );
    add("multiplySlopes", (examples, declare) => {
      const bytes = bytesOf(examples, delta);
      return multiplySlopes(hiddenActivation, sums, delta.address, sumsOf.address, bytes, declare);
    });
  }

  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), {
    env: { memory, logarithm: Math.log },
  });
  const named = exports as unknown as Omit<Elementwise, "layers">;
  const ofLayer = exports as unknown as Record<string, (examples: number) => void>;
  return {
    gather: named.gather,
    loss: named.loss,
    descend: named.descend,
    layers: layers.map((_, l) => ({
      startSums: ofLayer[`startSums${l}`],
      clearBiases: ofLayer[`clearBiases${l}`] as () => void,
      activate: ofLayer[`activate${l}`],
      multiplySlopes: ofLayer[`multiplySlopes${l}`],
      addBiases: ofLayer[`addBiases${l}`],
    })),
  };
}

/** target[e][:] = row[:] for `bytes` bytes of rows of `rowBytes` bytes. */
function repeatRow(
  row: number,
  rowBytes: number,
  target: Rows,
  bytes: Code,
  declare: DeclareLocal,
): Code {
  const [to, end, at] = locals(declare, "i32");
  return [
    end.set(plus(bytes, target.address)),
    count(to, i32.const(target.address), end.get, target.strideBytes, [
      count(
        at,
        i32.const(0),
        i32.const(rowBytes),
        VECTOR_BYTES,
        v128.store(i32.add(to.get, at.get), v128.load(at.get, row)),
      ),
    ]),
  ];
}
