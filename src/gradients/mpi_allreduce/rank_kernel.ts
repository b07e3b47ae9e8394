import { monotonicNs } from "../../base/clock.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import type { Problem, RemotePhases } from "../contract.ts";
import { NotCompiled } from "../native/native_implementation.ts";
import { nativeSparse } from "../native/native_sparse.ts";
import type { PartKernel } from "../part_kernel.ts";
import { openWasmKernel } from "../wasm/wasm_kernel.ts";
import {
  AgreedError,
  agreedOf,
  firstProblem,
  firstThatDiffers,
  type RankFault,
  sumFault,
} from "./agreement.ts";
import type { Mpi } from "./mpi_library.ts";
import { ownRows, type SharedSubset } from "./own_rows.ts";
import { type OwnEpoch, ownEpoch, type Share, shareOf, takeOwn } from "./shares.ts";

/** What every rank must know to open its part. */
export interface RankProblem extends SharedSubset {
  readonly network: Network;
  readonly maxBatchSize: number;
}

/** One rank's part of a kernel. All ranks call the same methods in the same order, with the same arguments. */
export interface RankKernel {
  readonly part: PartKernel;
  /** The parameters of rank 0 become those of every rank. */
  push(): void;
  /** Throws if the parameters of a rank are no longer those of rank 0. */
  checkParameters(): void;
  /** Overwrites `gradient` in every rank; returns the mean loss. `mark` is called before each phase. */
  lossAndGradient(rows: Uint32Array, mark?: (phase: string) => void): number;
  descend(rate: number): void;
  arrange(order: Uint32Array, batchSize: number): void;
  /** Steps `first` to `end` − 1 of the order, so many times; returns their mean loss. */
  run(first: number, end: number, rate: number, times: number): number;
  /** The same once, with the times of this rank. */
  phased(first: number, end: number, rate: number): RemotePhases;
  close(): Promise<void>;
}

/** The phases of a step. */
const GRADIENT = "gradient";
export const COMMUNICATION = "allreduce";
const UPDATE = "update";

/**
 * Opens the part of this rank: its rows, with native_sparse, or with wasm_sparse where a rank cannot compile C. Rank 0
 * passes the data that it holds. Throws the same in every rank if one of them cannot: TooLarge or AgreedError.
 */
export async function openRankKernel(
  mpi: Mpi,
  problem: RankProblem,
  held?: Dataset,
): Promise<RankKernel> {
  const share = shareOf(problem.examples, mpi.rank, mpi.size);
  const { network, maxBatchSize } = problem;
  const dataset = ownRows(mpi, problem, share, held);
  const own: Problem = { network, dataset, maxBatchSize, threads: 1 };
  let part: PartKernel | undefined;
  let fault: unknown;
  try {
    part = await nativeSparse.open(own);
  } catch (error) {
    fault = error;
  }
  const lacking = firstProblem(mpi, fault instanceof NotCompiled ? fault : undefined);
  if (lacking) {
    await part?.[Symbol.asyncDispose]();
    part = fault = undefined;
    try {
      part = openWasmKernel(own, "sparse");
    } catch (error) {
      fault = error;
    }
  }
  const first = firstProblem(mpi, fault);
  if (part === undefined || first !== undefined) {
    await part?.[Symbol.asyncDispose]();
    const of = ({ rank, message }: RankFault) => (mpi.size > 1 ? `rank ${rank}: ` : "") + message;
    throw agreedOf(of(first!) + (lacking ? `; without native_sparse, ${of(lacking)}` : ""), first!);
  }
  const between = mpi.size > 1 ? sumFault(mpi, part.gradient) : undefined;
  if (between !== undefined) {
    await part[Symbol.asyncDispose]();
    throw new AgreedError(
      `Cannot train on ${mpi.size} ranks: MPI_Allreduce (${mpi.version}) gave different bits ` +
        `${between === "between-calls" ? "when it was repeated" : "to different ranks"}; ` +
        "choose another algorithm or library of MPI",
    );
  }
  return createRankKernel(mpi, part, share);
}

function createRankKernel(mpi: Mpi, part: PartKernel, share: Share): RankKernel {
  const { parameters, gradient } = part;
  const sumGradients = mpi.summing(gradient);
  /** (1) the loss of a stretch; this rank's, then that of all ranks */
  const loss = new Float64Array(1);
  const sumLosses = mpi.summing(loss);
  let own: OwnEpoch = { rows: [], sizes: [] };

  /** This rank's share of the gradient of a minibatch of `examples`. */
  const shareOfMean = (rows: Uint32Array, examples: number): number => {
    if (rows.length > 0) return part.shareOfMean(rows, examples);
    gradient.fill(0);
    return 0;
  };
  const totalOf = (ownLoss: number): number => {
    loss[0] = ownLoss;
    sumLosses();
    return loss[0];
  };
  const examplesOf = (first: number, end: number): number => {
    let examples = 0;
    for (let step = first; step < end; step++) examples += own.sizes[step];
    return examples;
  };

  return {
    part,
    push: () => mpi.broadcast(parameters),

    checkParameters() {
      if (mpi.size === 1) return;
      const rank = firstThatDiffers(mpi, parameters);
      if (rank === undefined) return;
      throw new AgreedError(
        `Cannot go on: the parameters of rank ${rank} are no longer those of rank 0, because ` +
          `MPI_Allreduce (${mpi.version}) or the processors of the ranks round differently`,
      );
    },

    lossAndGradient(rows, mark) {
      mark?.(GRADIENT);
      const ofRank = new Uint32Array(rows.length);
      const count = takeOwn(rows, share, ofRank);
      const ownLoss = shareOfMean(ofRank.subarray(0, count), rows.length);
      mark?.(COMMUNICATION);
      sumGradients();
      return totalOf(ownLoss);
    },

    descend: (rate) => part.descend(rate),

    arrange(order, batchSize) {
      own = ownEpoch(order, batchSize, share);
    },

    run(first, end, rate, times) {
      const { rows, sizes } = own;
      let ownLoss = 0;
      for (let time = 0; time < times; time++) {
        for (let step = first; step < end; step++) {
          ownLoss += shareOfMean(rows[step], sizes[step]) * sizes[step];
          sumGradients();
          part.descend(rate);
        }
      }
      return totalOf(ownLoss) / (times * examplesOf(first, end));
    },

    phased(first, end, rate) {
      const { rows, sizes } = own;
      let [gradientNs, communicationNs, updateNs] = [0, 0, 0];
      let last = monotonicNs();
      for (let step = first; step < end; step++) {
        shareOfMean(rows[step], sizes[step]);
        const computed = monotonicNs();
        sumGradients();
        const summed = monotonicNs();
        part.descend(rate);
        const now = monotonicNs();
        gradientNs += computed - last;
        communicationNs += summed - computed;
        updateNs += now - summed;
        last = now;
      }
      const marks = end - first;
      return {
        phases: {
          [GRADIENT]: { ns: gradientNs, marks },
          [COMMUNICATION]: { ns: communicationNs, marks },
          [UPDATE]: { ns: updateNs, marks },
        },
        markNs: clockNs(),
      };
    },

    close: async () => await part[Symbol.asyncDispose](),
  };
}

const CALIBRATIONS = 1000;

/** Time of one look at the clock. */
function clockNs(): number {
  const start = monotonicNs();
  for (let i = 1; i < CALIBRATIONS; i++) monotonicNs();
  return (monotonicNs() - start) / CALIBRATIONS;
}
