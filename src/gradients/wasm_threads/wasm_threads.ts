import { hasRelaxedSimd } from "../../base/assembler/module.ts";
import type { Layout } from "../../model/layout.ts";
import type { Availability, GradientImplementation, Problem, SyncKernel } from "../contract.ts";
import { Arena } from "../wasm/arena.ts";
import type { Part } from "../wasm/end_of_step.ts";
import { instantiate } from "../wasm/instance.ts";
import {
  planPrivate,
  planShared,
  type PrivatePlan,
  takeRows,
  writeLabels,
} from "../wasm/memory_plan.ts";
import { limitsFor, pixelCounts, takeSparse, writeSparse } from "../wasm/sparse_pixels.ts";
import type { SparseRows } from "../wasm/sparse_rows.ts";
import { BLOCK, openWasmKernel } from "../wasm/wasm_kernel.ts";
import { controlAt, controlBytes, shareOf } from "./control.ts";
import { type PartExports, partModule } from "./part_module.ts";
import { startTeam } from "./team.ts";

/**
 * Threads wait for each other three times a step, and a cache line takes 0.2 µs from one to the other. On two idle cores
 * two threads pay from 5 examples each on; but where another program has one of the cores, each wait takes a millisecond.
 */
const LEAST_EXAMPLES = 8;
/** Sections begin at multiples of as many pixels, so that the weights of each fill whole cache lines. */
const PIXELS_APART = 4;
/** Updating a pixel's weights takes as long as adding as many entries to them. */
const UPDATE_ENTRIES = 2;
/** Layouts of at least this many elements are updated by all threads: 1 MiB, half of a usual level 2 cache. */
const LARGE_LAYOUT = 2 ** 18;

/**
 * wasm_sparse on several threads in one shared memory. Each has a section of the pixels with their weights: it sums these
 * up, later adds to their gradient and updates them, so that weights and gradients stay in its own cache. Only sums and
 * deltas of the first layer are exchanged, 64 bytes for an example of 16 neurons. The layers above are split by examples.
 *
 *   sumPixels    s_t[e][:] = Σ x[e][p] · W⁰[p][:]      over the pixels p of thread t, for all examples e
 *   layersAbove  z⁰[e][:] = b⁰[:] + Σ_t s_t[e][:]      and all that follows up to δ⁰[e][:], for the thread's examples
 *   update       dLoss/dW⁰[p][:] = Σ_e x[e][p] · δ⁰[e][:]   for the thread's pixels; the other gradients are added up
 *
 * Sums are added in the order of the threads, so that the result does not depend on which thread was first.
 */
export const wasmThreads: GradientImplementation = {
  name: "wasm_threads",
  summary: "wasm_sparse on several threads, each with a section of the pixels",
  precision: "float32",
  needs: ["threads"],
  backEnd: "wasm",
  skipsZeroPixels: true,
  withOneThread: "wasm_sparse",

  probe(): Availability {
    if (typeof SharedArrayBuffer === "function") return { available: true };
    return {
      available: false,
      reason: "this runtime has no SharedArrayBuffer; use Deno, Bun or Node",
    };
  },

  open: openThreads,
};

async function openThreads(problem: Problem): Promise<SyncKernel> {
  const { network, dataset, maxBatchSize } = problem;
  const threads = threadsFor(maxBatchSize, problem);
  if (threads === 1) return { ...openWasmKernel(problem, "sparse"), threadsUsed: 1 };
  const arena = new Arena();
  const control = arena.take(controlBytes(threads));
  const sections = sectionsOf(problem, threads).map((section) =>
    takeSparse(problem, arena, section)
  );
  const shared = planShared(network, maxBatchSize, dataset.count, arena);
  const own = sections.map(() => planPrivate(shared, BLOCK, arena));
  const { layout } = shared;
  const [{ width }] = layout.layers;
  const exchanged = {
    pixelSums: sections.map(() => takeRows(arena, maxBatchSize, width)),
    deltas: takeRows(arena, maxBatchSize, width),
  };
  const limits = limitsFor(dataset, sections, arena, true);
  const memory = new WebAssembly.Memory({
    initial: limits.pages,
    maximum: limits.mostPages,
    shared: true,
  });
  writeSparse(dataset, sections, arena, memory, limits);
  writeLabels(dataset, shared, memory.buffer);

  const options = { ...limits, relaxed: hasRelaxedSimd() };
  const partsOf = partsOfLayout(layout, sections, own);
  const modules = own.map((plan, index) => {
    const thread = { index, section: sections[index], parts: partsOf[index] };
    return partModule(shared, plan, exchanged, thread, options).toBytes();
  });
  const slices = slicesOf(0, 4 * layout.length, threads);
  const words = controlAt(memory.buffer, control, threads);
  const { sumPixels, layersAbove, addPixels, update, deliver, descend } = instantiate<PartExports>(
    modules[0],
    memory,
  );
  const team = await startTeam(
    words,
    modules.slice(1).map((module, index) => ({
      memory,
      module,
      worker: index + 1,
      threads,
      control,
      slice: slices[index + 1],
    })),
  );
  const losses = slices.slice(1).map((_, index) => words.loss(index + 1));
  const rows = new Uint32Array(memory.buffer, shared.batch, maxBatchSize);

  /** Everything up to the deltas of the first layer. Returns the mean loss. */
  const computeDeltas = (batch: Uint32Array): number => {
    rows.set(batch);
    const { length } = batch;
    words.words[words.examples] = length;
    words.factor[0] = 1 / length;
    team.begin("sumPixels");
    sumPixels(length);
    team.finish();
    team.begin("layersAbove");
    let lossSum = layersAbove(...shareOf(0, threads, length), 1 / length);
    team.finish();
    for (const loss of losses) lossSum += loss[0];
    return lossSum / length;
  };

  return {
    mode: "sync",
    layout,
    threadsUsed: threads,
    parameters: new Float32Array(memory.buffer, shared.parameters, layout.length),
    gradient: new Float32Array(memory.buffer, shared.gradient, layout.length),

    lossAndGradient(batch) {
      const loss = computeDeltas(batch);
      team.begin("deliver");
      addPixels(batch.length);
      deliver();
      team.finish();
      return loss;
    },

    step(batch, rate) {
      const loss = computeDeltas(batch);
      words.factor[0] = rate;
      team.begin("update");
      addPixels(batch.length);
      update(rate);
      team.finish();
      return loss;
    },

    descend(rate) {
      if (layout.length < LARGE_LAYOUT) return descend(0, 4 * layout.length, rate);
      words.factor[0] = rate;
      team.begin("descend");
      descend(slices[0].start, slices[0].bytes, rate);
      team.finish();
    },

    [Symbol.asyncDispose]: () => team.stop(),
  };
}

/** How many threads a minibatch can use. */
const threadsFor = (examples: number, { threads, dataset }: Problem): number =>
  Math.max(
    1,
    Math.min(
      threads,
      Math.floor(examples / LEAST_EXAMPLES),
      Math.floor(dataset.features / PIXELS_APART),
    ),
  );

/** Cuts the pixels into sections [first, end] that take equally long. */
function sectionsOf({ dataset, maxBatchSize }: Problem, threads: number): [number, number][] {
  const { counts, sampled } = pixelCounts(dataset);
  const costs = Array.from(
    counts,
    (count) => count / sampled * maxBatchSize + UPDATE_ENTRIES,
  );
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const cuts = [0];
  let sum = 0;
  costs.forEach((cost, pixel) => {
    if (sum >= total * cuts.length / threads && pixel % PIXELS_APART === 0) cuts.push(pixel);
    sum += cost;
  });
  while (cuts.length <= threads) cuts.push(dataset.features);
  return Array.from({ length: threads }, (_, t) => [cuts[t], cuts[t + 1]]);
}

/** [thread] its pixels' weights, and a slice of what follows these in the layout. */
function partsOfLayout(
  { length, layers: [{ inStride, biasOffset }] }: Layout,
  sections: readonly SparseRows[],
  own: readonly PrivatePlan[],
): Part[][] {
  const sums = own.map((plan) => plan.sums);
  const pixels = sections[sections.length - 1].end;
  /** The last weights may end within a cache line. A section without pixels begins where all of them end. */
  const byteOf = (pixel: number) => 4 * (pixel === pixels ? biasOffset : pixel * inStride);
  return slicesOf(4 * biasOffset, 4 * length, sections.length).map(({ start, bytes }, t) => {
    const { first, end, marks } = sections[t];
    return [
      {
        start: byteOf(first),
        end: byteOf(end),
        sums: [sums[t]],
        ...(marks && { marks }),
      },
      { start, end: start + bytes, sums, keepsSums: true },
    ];
  });
}

/** Cuts bytes of the layout into one slice per thread, at cache lines. */
function slicesOf(
  from: number,
  to: number,
  threads: number,
): { start: number; bytes: number }[] {
  const cut = (part: number) => from + Math.round((to - from) * part / threads / 64) * 64;
  return Array.from(
    { length: threads },
    (_, part) => ({ start: cut(part), bytes: cut(part + 1) - cut(part) }),
  );
}
