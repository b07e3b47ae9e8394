import process from "node:process";
import { messageOf } from "../../base/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { isAgreed, numbersOfRanks, textOf } from "./agreement.ts";
import { type Mpi, openMpi } from "./mpi_library.ts";
import { openOwnProcess } from "./own_process.ts";
import { type RankArguments, rankArguments } from "./rank_arguments.ts";
import { openRankKernel, type RankKernel, type RankProblem } from "./rank_kernel.ts";

/** What rank 0 tells the others to do with a kernel. Numbers and arrays follow each. */
const COMMANDS = [
  "leave",
  "open",
  "close",
  "push",
  "check-parameters",
  "loss-and-gradient",
  "descend",
  "arrange",
  "run",
  "phased",
  "peak",
] as const;
type Command = (typeof COMMANDS)[number];

/** The command, the kernel and at most so many numbers. */
const MOST_NUMBERS = 4;

/** This process as one of the ranks. */
export interface RankJob {
  readonly mpi: Mpi;
  /** [rank] its process. */
  readonly pids: readonly number[];
  /** Tells all other ranks what to do next; they must then do the same as this one. For rank 0. */
  tell(command: Command, kernel: number, ...numbers: readonly number[]): void;
  /** What rank 0 tells. For the others. */
  hear(): { command: Command; kernel: number; numbers: readonly number[] };
  /** The most bytes that any rank had resident; undefined where one does not know. All ranks must ask at once. */
  peakRssBytes(): number | undefined;
  /** After an exception the ranks are no longer at the same place: this one leaves without a word. */
  isBroken: boolean;
}

let joined: Promise<RankJob> | undefined;

/**
 * Connects this process with the other ranks, once. Throws if it was not started as one of them, if MPI cannot start, or
 * if it sees other ranks than were started.
 */
export const joinRanks = (): Promise<RankJob> => joined ??= join(rankArguments(process.argv));

async function join(launched: RankArguments | undefined): Promise<RankJob> {
  if (launched === undefined) {
    throw new Error("Cannot join the ranks: this process was not started as one of them");
  }
  const own = await openOwnProcess(launched.library.path);
  own.dieWithParent();
  const mpi = await openMpi(launched.library);
  checkSize(mpi, launched);
  const block = new Float64Array(2 + MOST_NUMBERS);
  const job: RankJob = {
    mpi,
    pids: [...numbersOfRanks(mpi, process.pid)],
    tell(command, kernel, ...numbers) {
      if (mpi.size === 1) return;
      block.fill(0);
      block.set([COMMANDS.indexOf(command), kernel, ...numbers]);
      mpi.broadcast(block);
    },
    hear() {
      mpi.broadcast(block);
      const [command, kernel, ...numbers] = block;
      return { command: COMMANDS[command], kernel, numbers };
    },
    peakRssBytes() {
      const peaks = numbersOfRanks(mpi, own.peakRssBytes() ?? 0);
      return peaks.includes(0) ? undefined : Math.max(...peaks);
    },
    isBroken: false,
  };
  process.once("exit", () => {
    if (job.isBroken) return;
    if (mpi.rank === 0) job.tell("leave", 0);
    mpi.finalize();
  });
  return job;
}

/** A library sees its own processes alone: started by the launcher of another one, each is the only rank. */
function checkSize(mpi: Mpi, { ranks, library }: RankArguments): void {
  if (mpi.size === ranks) return;
  throw new Error(
    `Cannot join ${ranks} ranks: ${mpi.version} (${library.path}) sees ${mpi.size}, so that the ` +
      "launcher belongs to another MPI; name a matching pair with SLOPE_MPIEXEC and " +
      "SLOPE_MPI_LIBRARY",
  );
}

/** Opens a kernel in all ranks. For rank 0. */
export async function openInAllRanks(
  job: RankJob,
  kernel: number,
  problem: RankProblem,
  held: Dataset,
): Promise<RankKernel> {
  const { mpi } = job;
  job.tell("open", kernel);
  if (mpi.size > 1) textOf(mpi, 0, JSON.stringify(problem));
  try {
    return await openRankKernel(mpi, problem, held);
  } catch (error) {
    job.isBroken ||= !isAgreed(error);
    throw error;
  }
}

/** Does what rank 0 tells until it leaves. For the other ranks; nothing may be awaited but the opening of a kernel. */
export async function follow(job: RankJob): Promise<void> {
  const kernels = new Map<number, RankKernel>();
  try {
    for (;;) {
      const { command, kernel: id, numbers } = job.hear();
      if (command === "leave") return;
      try {
        await obey(job, kernels, command, id, numbers);
      } catch (error) {
        if (!isAgreed(error)) throw error; // rank 0 throws the same, and goes on
      }
    }
  } catch (error) {
    job.isBroken = true;
    console.error(`rank ${job.mpi.rank}: ${messageOf(error)}`);
    job.mpi.abort();
  }
}

async function obey(
  { mpi, peakRssBytes }: RankJob,
  kernels: Map<number, RankKernel>,
  command: Exclude<Command, "leave">,
  id: number,
  [a, b, rate, times]: readonly number[],
): Promise<void> {
  if (command === "open") {
    const problem = JSON.parse(textOf(mpi, 0)) as RankProblem;
    kernels.set(id, await openRankKernel(mpi, problem));
    return;
  }
  if (command === "peak") return void peakRssBytes();
  const kernel = kernels.get(id)!; // rank 0 names only what it has opened
  switch (command) {
    case "close":
      kernels.delete(id);
      return await kernel.close();
    case "push":
      return kernel.push();
    case "check-parameters":
      return kernel.checkParameters();
    case "loss-and-gradient":
      return void kernel.lossAndGradient(receiveRows(mpi, a));
    case "descend":
      return kernel.descend(rate);
    case "arrange":
      return kernel.arrange(receiveRows(mpi, a), b);
    case "run":
      return void kernel.run(a, b, rate, times);
    case "phased":
      return void kernel.phased(a, b, rate);
  }
}

function receiveRows(mpi: Mpi, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  mpi.broadcast(rows);
  return rows;
}
