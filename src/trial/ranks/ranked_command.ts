import process from "node:process";
import { toArgument } from "../../gradients/mpi_allreduce/rank_arguments.ts";
import type { Mpi } from "./find_mpi.ts";

/** How a trial is started as a job of several processes. */
export interface Ranked {
  readonly ranks: number;
  readonly mpi: Mpi;
}

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** What of the machine decides where ranks run. */
export interface Placing {
  readonly platform: string;
  /** Cores; each may have several hardware threads. Absent: unknown. */
  readonly physicalCores?: number | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The same command as a job: the launcher starts it once for each rank, with an argument that makes it one. */
export function rankedCommand(
  { ranks, mpi }: Ranked,
  { command, args }: Command,
  placing: Placing,
): Command {
  const { launcher, library } = mpi;
  const own = launcher.args.length > 0 ? launcher.args : placingWords({ ranks, mpi }, placing);
  return {
    command: launcher.path,
    args: [
      ...(launcher.kind === "srun" ? srunWords(mpi, placing) : []),
      ...own,
      "-n",
      String(ranks),
      command,
      ...args,
      toArgument({ ranks, library }),
    ],
  };
}

/**
 * Each rank stays on one core, because ranks wait for each other: where two share a core, all wait for both. Hardware
 * threads are used only where there are fewer cores than ranks.
 */
function placingWords(
  { ranks, mpi: { launcher } }: Ranked,
  { platform, physicalCores = ranks }: Placing,
): string[] {
  if (platform !== "linux") return [];
  const sharesCores = physicalCores < ranks;
  switch (launcher.kind) {
    case "hydra":
      return ["-bind-to", sharesCores ? "hwthread" : "core"];
    case "open-mpi":
      return sharesCores ? ["--use-hwthread-cpus", "--bind-to", "hwthread"] : ["--bind-to", "core"];
    case "srun":
      return [`--cpu-bind=${sharesCores ? "threads" : "cores"}`];
  }
}

/**
 * Standard input goes to rank 0, and a rank that ends early ends all. A rank has one thread: what the step around it asked
 * for each of its tasks is not meant for ranks.
 */
function srunWords({ library }: Mpi, { variables }: Placing): string[] {
  return [
    `--mpi=${library.family === "mpich" ? "pmi2" : "pmix"}`,
    "--input=0",
    "--kill-on-bad-exit=1",
    "--cpus-per-task=1",
    ...(variables.SLURM_STEP_ID === undefined ? [] : ["--overlap"]),
  ];
}

/** What a launcher tells its ranks. Slope may be one itself, as a shard of a run; its trials are jobs of their own. */
const OF_OUTER_JOB =
  /^(?:PMI2?_|PMIX_|HYDI_|MPI_LOCALN?RANK|OMPI_(?!MCA_|ALLOW_)|OMPI_MCA_(?:orte|ess|pmix|plm|initial)_?)/;

/**
 * The environment of a job: the inherited one without what an outer job left in it. Open MPI refuses to run as root, which
 * a container usually does, unless it is told twice.
 */
export function rankedEnvironment(
  { mpi }: Ranked,
  inherited: Placing["variables"],
  userId: number | undefined = process.getuid?.(),
): Readonly<Record<string, string | undefined>> {
  const own = Object.entries(inherited).filter(([name]) => !OF_OUTER_JOB.test(name));
  const isRoot = mpi.launcher.kind === "open-mpi" && userId === 0;
  return {
    ...Object.fromEntries(own),
    ...(isRoot && { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" }),
  };
}
