import { hasRelaxedSimd } from "../../base/assembler/module.ts";
import type { Problem } from "../contract.ts";
import type { PartKernel } from "../part_kernel.ts";
import { Arena, padded } from "./arena.ts";
import { type GradientExports, gradientModule } from "./gradient_module.ts";
import { instantiate } from "./instance.ts";
import {
  type PixelPlan,
  planPrivate,
  planShared,
  type SharedPlan,
  takeRows,
  writeLabels,
  writePixels,
} from "./memory_plan.ts";
import { limitsFor, takeSparse, writeSparse } from "./sparse_pixels.ts";

/** Examples that go through the layers together; few enough for the level 1 cache. */
export const BLOCK = 16;

/** A step of so few examples adds to the weights themselves; each weight is then rounded once for each example. At most BLOCK. */
const MOST_DIRECT = 16;

/** A single-threaded kernel: its memory, where its arrays lie and its functions. */
interface WasmParts {
  readonly memory: WebAssembly.Memory;
  readonly shared: SharedPlan;
  readonly functions: GradientExports;
}

export function openWasmParts(problem: Problem, kind: PixelPlan["kind"]): WasmParts {
  const { network, dataset, maxBatchSize } = problem;
  const arena = new Arena();
  const pixels = takePixels(problem, kind, arena);
  const shared = planShared(network, maxBatchSize, dataset.count, arena);
  const own = planPrivate(shared, BLOCK, arena);
  const limits = pixels.kind === "sparse"
    ? limitsFor(dataset, [pixels], arena, false)
    : { pages: arena.pages, mostPages: arena.pages, shared: false };
  const memory = new WebAssembly.Memory({ initial: limits.pages, maximum: limits.mostPages });
  if (pixels.kind === "sparse") writeSparse(dataset, [pixels], arena, memory, limits);
  else writePixels(dataset, pixels.pixels, memory.buffer);
  writeLabels(dataset, shared, memory.buffer);
  const module = gradientModule(shared, own, pixels, { ...limits, relaxed: hasRelaxedSimd() });
  return { memory, shared, functions: instantiate(module.toBytes(), memory) };
}

export function openWasmKernel(problem: Problem, kind: PixelPlan["kind"]): PartKernel {
  const { memory, shared, functions } = openWasmParts(problem, kind);
  const { step, prepare, forward, loss, backward, descend, deliver, update } = functions;
  const { directStep, updateAbove } = functions;
  const { layout } = shared;
  const rows = new Uint32Array(memory.buffer, shared.batch, problem.maxBatchSize);
  return {
    mode: "sync",
    layout,
    parameters: new Float32Array(memory.buffer, shared.parameters, layout.length),
    gradient: new Float32Array(memory.buffer, shared.gradient, layout.length),

    lossAndGradient(batch, phases) {
      rows.set(batch);
      const scale = 1 / batch.length;
      if (phases === undefined) {
        const lossSum = step(0, batch.length, scale);
        deliver();
        return lossSum * scale;
      }
      let lossSum = 0;
      phases("copy");
      prepare();
      for (let from = 0; from < batch.length; from += BLOCK) {
        const count = Math.min(BLOCK, batch.length - from);
        phases("forward");
        forward(from, count);
        phases("loss");
        lossSum += loss(from, count, scale);
        phases("backward + accumulate");
        backward(from, count);
      }
      deliver();
      return lossSum * scale;
    },

    shareOfMean(batch, examples) {
      rows.set(batch);
      const lossSum = step(0, batch.length, 1 / examples);
      deliver();
      return lossSum / examples;
    },

    step(batch, rate) {
      rows.set(batch);
      const scale = 1 / batch.length;
      if (batch.length <= MOST_DIRECT && directStep && updateAbove) {
        const lossSum = directStep(batch.length, scale, -rate / 255);
        updateAbove(rate);
        return lossSum * scale;
      }
      const lossSum = step(0, batch.length, scale);
      update(rate);
      return lossSum * scale;
    },

    descend(rate) {
      descend(0, 4 * layout.length, rate);
    },

    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Reserves memory for the pixels of the subset; rows of non-zero pixels are written to its end. */
function takePixels(problem: Problem, kind: PixelPlan["kind"], arena: Arena): PixelPlan {
  const { dataset } = problem;
  return kind === "sparse"
    // Steps of few examples update the weights directly, so that nothing reads marks.
    ? { kind, ...takeSparse(problem, arena, undefined, false) }
    // The last vector of the last row reads up to 16 bytes beyond it.
    : {
      kind,
      pixels: arena.take(dataset.count * dataset.features + 16),
      gathered: takeRows(arena, BLOCK, padded(dataset.features)),
    };
}
