import { hasRelaxedSimd } from "../../base/assembler/module.ts";
import type { Availability, GradientImplementation, Problem, SyncKernel } from "../contract.ts";
import { Arena } from "../wasm/arena.ts";
import { type GradientExports, gradientModule } from "../wasm/gradient_module.ts";
import { instantiate } from "../wasm/instance.ts";
import { BLOCK, takePixels, writeData } from "../wasm/wasm_kernel.ts";
import { planPrivate, planShared } from "../wasm/memory_plan.ts";
import { controlAt, controlBytes } from "./control.ts";
import { startTeam } from "./team.ts";

/**
 * A thread with fewer examples than this costs more than it saves: moving its gradient to another cache takes
 * about as long as computing this many examples.
 */
const LEAST_EXAMPLES = 48;
/** Layouts of at least this many elements are updated by all threads: 1 MiB, half of a usual level 2 cache. */
const LARGE_LAYOUT = 2 ** 18;

/**
 * wasm_sparse on several threads. Each computes a part of the minibatch into its own gradient, in one shared
 * memory. Then each adds up one slice of all gradients, always in the same order, so that the result does not
 * depend on which thread was first.
 */
export const wasmThreads: GradientImplementation = {
  name: "wasm_threads",
  summary: "wasm_sparse with the minibatch split over threads on one shared memory",
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
  const threads = threadsFor(maxBatchSize, problem.threads);
  const arena = new Arena();
  const control = arena.take(controlBytes(threads));
  const pixels = takePixels(problem, "sparse", arena);
  const shared = planShared(network, maxBatchSize, dataset.count, pixels, arena);
  const own = Array.from({ length: threads }, () => planPrivate(shared, BLOCK, arena));
  const { pages } = arena;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  writeData(dataset, shared, memory.buffer);

  const { layout } = shared;
  const options = { pages, shared: true, relaxed: hasRelaxedSimd() };
  const gradients = own.map(({ gradient }) => gradient);
  const modules = own.map((plan) => gradientModule(shared, plan, options, gradients).toBytes());
  const slices = slicesOf(4 * layout.length, threads);
  const words = controlAt(memory.buffer, control, threads);
  const { step, reduce, descend } = instantiate<GradientExports>(modules[0], memory);
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
  const workers = slices.slice(1).map((_, index) => ({
    share: words.share(index + 1),
    loss: words.loss(index + 1),
  }));
  const rows = new Uint32Array(memory.buffer, shared.batch, maxBatchSize);
  const [slice] = slices;
  const whole = { start: 0, bytes: 4 * layout.length };

  return {
    mode: "sync",
    layout,
    threadsUsed: threads,
    parameters: new Float32Array(memory.buffer, shared.parameters, layout.length),
    gradient: new Float32Array(memory.buffer, own[0].gradient, layout.length),

    lossAndGradient(batch) {
      rows.set(batch);
      const scale = 1 / batch.length;
      const active = threadsFor(batch.length, threads);
      if (active === 1) return step(0, batch.length, scale) * scale;
      const end = (part: number) => Math.round(batch.length * Math.min(part, active) / active);
      workers.forEach(({ share }, index) => {
        share[0] = end(index + 1);
        share[1] = end(index + 2);
      });
      words.factor[0] = scale;
      team.begin("step");
      let lossSum = step(0, end(1), scale);
      team.finish();
      team.begin("reduce");
      reduce(slice.start, slice.bytes);
      team.finish();
      for (const { loss } of workers) lossSum += loss[0];
      return lossSum * scale;
    },

    descend(rate) {
      if (threads === 1 || layout.length < LARGE_LAYOUT) {
        return descend(whole.start, whole.bytes, rate);
      }
      words.factor[0] = rate;
      team.begin("descend");
      descend(slice.start, slice.bytes, rate);
      team.finish();
    },

    [Symbol.asyncDispose]: () => team.stop(),
  };
}

/** How many of the threads a minibatch can use. */
const threadsFor = (examples: number, most: number): number =>
  Math.max(1, Math.min(most, Math.floor(examples / LEAST_EXAMPLES)));

/** Cuts the layout into one slice per thread, at cache lines. */
function slicesOf(bytes: number, threads: number): { start: number; bytes: number }[] {
  const cut = (part: number) => Math.round(bytes * part / threads / 64) * 64;
  return Array.from(
    { length: threads },
    (_, part) => ({ start: cut(part), bytes: cut(part + 1) - cut(part) }),
  );
}
