import { z } from "zod";
import { field } from "./field_kinds.ts";

const positive = z.int().positive();

/** A list of counts, where `all` stands for the number of cores. */
const counts = {
  kind: "integers",
  word: "all",
  metavar: "COUNTS",
  schema: z.array(positive).min(1),
  input: z.array(z.union([positive, z.literal("all")])).min(1),
} as const;

/** The fields of a plan that say on how many threads and processes a program runs. */
export const PARALLEL_FIELDS = {
  threads: field({
    ...counts,
    flag: "threads",
    otherwise: "all",
    label: "threads of multi-threaded implementations",
    help: "Thread counts for multi-threaded implementations; all for every core",
    decides: "which cells",
  }),
  peerThreads: field({
    ...counts,
    flag: "peer-threads",
    otherwise: "as --threads where given, else 1",
    label: "threads of multi-threaded peers",
    help: "Thread counts for multi-threaded peers",
  }),
  ranks: field({
    ...counts,
    flag: "ranks",
    schema: counts.schema.optional(),
    input: counts.input.optional(),
    otherwise: "1 and all for an implementation that is named, else none",
    label: "ranks of MPI jobs",
    help: "Numbers of ranks (processes) of mpi_allreduce; all for every core",
    decides: "which cells",
  }),
} as const;
