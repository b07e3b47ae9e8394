import { InputError } from "../../base/errors.ts";
import type { Shard } from "../../format/shard.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The shard that `text` names: "2/4" is the second of four; "auto" is the one that the scheduler or launcher in
 * `variables` names, and "auto/4" where that does not tell how many there are. Throws InputError for anything else.
 */
export function shardOf(text: string, variables: Variables): Shard {
  const [, index, count] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text.trim()) ?? [];
  if (index === undefined || index !== "auto" && count === undefined) {
    throw new InputError(
      `Cannot use shard "${text}": expected a number of a total, as 2/4, or auto, or auto/4`,
      "the shards of four are 1/4, 2/4, 3/4 and 4/4",
    );
  }
  const total = count === undefined ? undefined : Number(count);
  return index === "auto"
    ? fromScheduler(variables, total)
    : checked({ index: Number(index), count: total! }, text);
}

function checked({ index, count }: Shard, text: string): Shard {
  const isRight = Number.isSafeInteger(count) && count >= 1 && index >= 1 && index <= count;
  if (isRight) return { index, count };
  const what = count < 1
    ? "there is no shard of none"
    : `shards of ${count} count from 1 to ${count}`;
  throw new InputError(
    `Cannot use shard "${text}": ${what}`,
    count < 1 ? "name at least one, as 1/1" : `choose one from 1/${count} to ${count}/${count}`,
  );
}

/** What one scheduler or launcher tells a process about its place among others. */
interface Place {
  /** The variable with the place, for messages. */
  readonly variable: string;
  /** From 1. */
  readonly index: number;
  /** Absent where it does not tell how many there are. */
  readonly count?: number;
}

/** Reads the variables of one scheduler or launcher; undefined where it did not start this process. */
type Reader = (variables: Variables) => Place | undefined;

/** The number in a variable; undefined where it is not set. */
function numberIn(variables: Variables, name: string): number | undefined {
  const text = variables[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d+$/.test(text)) {
    throw new InputError(
      `Cannot choose a shard: ${name} is "${text}", expected a whole number`,
      "name the shard, as --shard 2/4",
    );
  }
  return Number(text);
}

/** Tasks of an array count from any number in any step: --array=0-3, 1-4 and 10-40:10 are four shards each. */
const slurmArray: Reader = (variables) => {
  const variable = "SLURM_ARRAY_TASK_ID";
  const id = numberIn(variables, variable);
  if (id === undefined) return undefined;
  // Without it, shards are numbered as `submit` does it.
  const first = numberIn(variables, "SLURM_ARRAY_TASK_MIN") ?? 1;
  const count = numberIn(variables, "SLURM_ARRAY_TASK_COUNT");
  const step = numberIn(variables, "SLURM_ARRAY_TASK_STEP") || 1;
  const last = numberIn(variables, "SLURM_ARRAY_TASK_MAX");
  if (id < first) {
    throw new InputError(
      `Cannot choose a shard: ${variable} is ${id}, and the array counts from ${first}`,
      "number it from 1, as --array=1-4, or name the shard, as --shard 2/4",
    );
  }
  const place = (id - first) / step;
  if (count === undefined) return { variable, index: Math.floor(place) + 1 };
  const isEven = last === undefined || last === first + (count - 1) * step;
  if (!isEven || !Number.isInteger(place) || place >= count) {
    throw new InputError(
      `Cannot choose a shard: the array's ${count} tasks from ${first} on are not evenly spaced, so that ` +
        `${variable}=${id} has no place among them`,
      `submit it as --array=1-${count}, or name the shard, as --shard 2/${count}`,
    );
  }
  return { variable, index: place + 1, count };
};

const kubernetes: Reader = (variables) => {
  const variable = "JOB_COMPLETION_INDEX";
  const index = numberIn(variables, variable);
  return index === undefined ? undefined : { variable, index: index + 1 };
};

const pbsArray: Reader = (variables) => {
  const variable = "PBS_ARRAY_INDEX";
  const index = numberIn(variables, variable);
  if (index === 0) {
    throw new InputError(
      `Cannot choose a shard: ${variable} is 0, and shards count from 1`,
      "number the array from 1, as #PBS -J 1-4",
    );
  }
  return index === undefined ? undefined : { variable, index };
};

/** The processes that a launcher starts, with or without MPI. */
const launched = (variable: string, size: string): Reader => (variables) => {
  const rank = numberIn(variables, variable);
  const count = numberIn(variables, size);
  if (rank === undefined || count === undefined) return undefined;
  return { variable, index: rank + 1, count };
};

/** A scheduler before a launcher: within a task of an array, all ranks have its shard. */
const READERS: readonly Reader[] = [
  slurmArray,
  kubernetes,
  pbsArray,
  launched("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
  launched("PMI_RANK", "PMI_SIZE"),
  launched("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"), // srun
];

function fromScheduler(variables: Variables, count: number | undefined): Shard {
  for (const read of READERS) {
    const place = read(variables);
    if (place !== undefined) return shardAt(place, count);
  }
  throw new InputError(
    "Cannot choose a shard: no scheduler or launcher tells this process its place " +
      "(SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, PBS_ARRAY_INDEX, OMPI_COMM_WORLD_RANK, PMI_RANK, SLURM_PROCID)",
    "name the shard, as --shard 2/4",
  );
}

function shardAt({ variable, index, count }: Place, given: number | undefined): Shard {
  if (count === undefined && given === undefined) {
    throw new InputError(
      `Cannot choose a shard: ${variable} says that this is number ${index}, but not of how many`,
      "say how many, as --shard auto/4",
    );
  }
  // A task that is submitted again alone counts itself as the only one.
  if (count !== undefined && given !== undefined && count !== given) {
    throw new InputError(
      `Cannot choose a shard: --shard says ${given}, and ${variable} counts ${count}`,
      `start all of them again, or name the shard, as --shard 2/${given}`,
    );
  }
  return checked({ index, count: given ?? count! }, `${index}/${given ?? count} (${variable})`);
}
