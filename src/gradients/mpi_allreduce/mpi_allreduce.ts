import { CURRENT_RUNTIME } from "../../base/runtime.ts";
import type { AsyncKernel, GradientImplementation, Problem } from "../contract.ts";
import { isAgreed } from "./agreement.ts";
import { joinRanks, openInAllRanks, type RankJob } from "./rank_job.ts";
import { COMMUNICATION, type RankKernel } from "./rank_kernel.ts";

/**
 * Gradient descent in several processes, the ranks of an MPI job. Each holds its part of the examples and a copy of the
 * parameters, and computes the share of its own examples in the gradient of each minibatch.
 *
 *   g_r = 1/B · Σ dLoss/dθ of e      over the examples e of the minibatch that rank r holds
 *   g   = Σ_r g_r                    MPI_Allreduce: every rank gets the sum
 *   θ  −= rate · g                   in every rank, by the same numbers
 *
 * The kernel of a rank is native_sparse, or wasm_sparse where a rank has no C compiler. MPI decides in which order it
 * adds; that order depends on the number of ranks alone, which is checked when the kernel opens. Rank 0 is the process
 * that Slope talks to. It tells the others what to do (rank_job.ts), once for a whole stretch of steps.
 */
export const mpiAllreduce: GradientImplementation = {
  name: "mpi_allreduce",
  summary: "native_sparse in several processes, each with its part of the examples: MPI_Allreduce",
  precision: "float32",
  needs: ["ffi", "cc", "ranks"],
  libraries: [], // its process is told which one
  backEnd: "native",
  skipsZeroPixels: true,

  // Whether there is a launcher and a library that belongs to it, its parent knows (trial/ranks/).
  probe() {
    const { name, version } = CURRENT_RUNTIME;
    if (name !== "node") return { available: true };
    const reason = `Node ${version} cannot call native libraries; run it in Deno or Bun`;
    return { available: false, reason };
  },

  async open(problem) {
    const job = await joinRanks();
    const id = nextId++;
    const { network: { layerSizes, hiddenActivation, outputLoss }, dataset } = problem;
    const rankProblem = {
      network: { layerSizes, hiddenActivation, outputLoss },
      maxBatchSize: problem.maxBatchSize,
      examples: dataset.count,
      features: dataset.features,
      classes: dataset.classes,
      ...(dataset.files && { files: dataset.files }),
    };
    return leading(job, id, problem, await openInAllRanks(job, id, rankProblem, dataset));
  },
};

let nextId = 1;

/** The kernel of rank 0: it has the others do the same. */
function leading(
  job: RankJob,
  id: number,
  { maxBatchSize }: Problem,
  kernel: RankKernel,
): AsyncKernel {
  const { mpi, tell } = job;
  const { layout, parameters, gradient, compiled } = kernel.part;
  let isOpen = true;
  /** What fails in the middle leaves the other ranks waiting. */
  const together = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      job.isBroken ||= !isAgreed(error);
      return Promise.reject(error as Error);
    }
  };
  const sendRows = (rows: Uint32Array) => mpi.size > 1 && mpi.broadcast(rows.slice());
  return {
    mode: "async",
    layout,
    parameters,
    gradient,
    ...(compiled && { compiled }),

    push: () =>
      together(() => {
        tell("push", id);
        kernel.push();
      }),

    pull: () =>
      together(() => {
        tell("check-parameters", id);
        kernel.checkParameters();
      }),

    lossAndGradient(batch, phases) {
      if (batch.length > maxBatchSize) {
        const error = new RangeError(
          `Cannot compute the gradient: the minibatch has ${batch.length} examples, ` +
            `expected at most ${maxBatchSize}; open the kernel for more`,
        );
        return Promise.reject(error);
      }
      return together(() => {
        tell("loss-and-gradient", id, batch.length);
        sendRows(batch);
        return kernel.lossAndGradient(batch, phases);
      });
    },

    descend: (rate) =>
      together(() => {
        tell("descend", id, 0, 0, rate);
        kernel.descend(rate);
      }),

    peakRssBytes: () =>
      together(() => {
        tell("peak", id);
        return job.peakRssBytes();
      }),

    communication: COMMUNICATION,
    epochs: {
      arrange: (order, batchSize) =>
        together(() => {
          tell("arrange", id, order.length, batchSize);
          sendRows(order);
          kernel.arrange(order, batchSize);
        }),
      run: (first, end, rate, times) =>
        together(() => {
          tell("run", id, first, end, rate, times);
          return kernel.run(first, end, rate, times);
        }),
      phased: (first, end, rate) =>
        together(() => {
          tell("phased", id, first, end, rate);
          return kernel.phased(first, end, rate);
        }),
    },

    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      if (job.isBroken) return;
      tell("close", id);
      await kernel.close();
    },
  };
}
