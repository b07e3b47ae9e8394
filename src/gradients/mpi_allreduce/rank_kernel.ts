import { monotonicNs } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import { readRange } from "../../base/large_files.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Network } from "../../model/network.ts";
import type { Problem, RemotePhases } from "../contract.ts";
import { nativeSparse } from "../native/native_sparse.ts";
import type { PartKernel } from "../part_kernel.ts";
import { openWasmKernel } from "../wasm/wasm_kernel.ts";
import { AgreedError, firstProblem, firstThatDiffers, inEveryRank, sumFault } from "./agreement.ts";
import type { Mpi } from "./mpi_library.ts";
import { type OwnEpoch, ownEpoch, type Share, shareOf, takeOwn } from "./shares.ts";

/** What every rank must know to open its part. */
export interface RankProblem {
  readonly network: Network;
  readonly maxBatchSize: number;
  readonly examples: number;
  readonly features: number;
  readonly classes: number;
  /** Raw files that begin with the examples. */
  readonly files?: Dataset["files"];
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
 * Opens the part of this rank: its rows, with the fastest kernel that every rank has. Rank 0 passes the data that it
 * holds. Throws AgreedError in every rank if one of them cannot.
 */
export async function openRankKernel(
  mpi: Mpi,
  problem: RankProblem,
  held?: Dataset,
): Promise<RankKernel> {
  const share = shareOf(problem.examples, mpi.rank, mpi.size);
  const own = ownProblem(problem, share, ownRows(mpi, problem, share, held));
  const native = await nativeSparse.open(own).catch(() => undefined);
  let part: PartKernel | undefined = native;
  let fault: string | undefined;
  if (!inEveryRank(mpi, native !== undefined)) {
    await native?.[Symbol.asyncDispose]();
    try {
      part = openWasmKernel(own, "sparse");
    } catch (error) {
      part = undefined;
      fault = messageOf(error);
    }
  }
  const first = firstProblem(mpi, fault);
  if (part === undefined || first !== undefined) {
    await part?.[Symbol.asyncDispose]();
    throw new AgreedError((mpi.size > 1 ? `rank ${first?.rank}: ` : "") + first?.message);
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

/** Rows that a rank holds: those of its share, or where it has none, one that it never computes. */
interface OwnRows {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

function ownProblem(
  { network, maxBatchSize, features, classes }: RankProblem,
  share: Share,
  rows: OwnRows,
): Problem {
  const { count } = rangeOf(share, Infinity);
  return { network, dataset: { count, features, classes, ...rows }, maxBatchSize, threads: 1 };
}

const rangeOf = ({ first, end }: Share, examples: number) => ({
  first: Math.min(first, examples - 1),
  count: Math.max(1, end - first),
});

/**
 * The rows of this rank: rank 0 has them in memory, the others read them. Where one of them cannot, because there are no
 * files or its node does not see them, rank 0 sends all rows.
 */
function ownRows(
  mpi: Mpi,
  { examples, features, files }: RankProblem,
  share: Share,
  held: Dataset | undefined,
): OwnRows {
  const { first, count } = rangeOf(share, examples);
  const cut = (from: OwnRows): OwnRows => ({
    pixels: from.pixels.subarray(first * features, (first + count) * features),
    labels: from.labels.subarray(first, first + count),
  });
  const own = held ? cut(held) : readRows(files, first, count, features);
  if (inEveryRank(mpi, own !== undefined)) return own!;
  const all = held ?? {
    pixels: new Uint8Array(examples * features),
    labels: new Uint8Array(examples),
  };
  for (const bytes of [all.pixels, all.labels]) {
    for (let at = 0; at < bytes.length; at += MOST_SENT) {
      mpi.broadcast(bytes.subarray(at, at + MOST_SENT));
    }
  }
  const { pixels, labels } = cut(all);
  return held ? { pixels, labels } : { pixels: pixels.slice(), labels: labels.slice() };
}

/** Bytes in one message, whose length MPI counts with 31 bits. */
const MOST_SENT = 2 ** 28;

/** Undefined where they cannot be read. */
function readRows(
  files: Dataset["files"],
  first: number,
  count: number,
  features: number,
): OwnRows | undefined {
  try {
    const pixels = readRange(files!.pixels, first * features, count * features);
    const labels = readRange(files!.labels, first, count);
    return pixels.length === count * features && labels.length === count
      ? { pixels, labels }
      : undefined;
  } catch {
    return undefined;
  }
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
          `MPI_Allreduce (${mpi.version}) gave them different bits`,
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
