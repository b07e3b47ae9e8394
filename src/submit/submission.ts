import { basename, join } from "node:path";
import type { PlanInput } from "../format/plan.ts";
import type { TimeLimit } from "./time_limit.ts";

/** What every scheduler is told: which shards of which plan to run, and how Slope starts on a node. */
export interface Submission {
  /** Name of the jobs. */
  readonly name: string;
  readonly shards: number;
  /** Absolute path of the plan file. */
  readonly planPath: string;
  readonly plan: PlanInput;
  /** Absolute path of the folder that gets the folders of the shards. */
  readonly out: string;
  /** Absolute path of the folder in which Slope starts. */
  readonly folder: string;
  /** The words that start Slope on a node. */
  readonly command: readonly string[];
  /** The options that name the data; none where each node looks for them. */
  readonly data: readonly string[];
  readonly limit: TimeLimit;
}

/** A file that a submission consists of. */
export interface ScriptFile {
  readonly name: string;
  readonly text: string;
  readonly isExecutable?: boolean;
}

/** The script that hands the others to the scheduler. */
export const SUBMIT_SCRIPT = "submit.sh";

/** `merged` in the folder of the shards: the run that `merge` makes of them. */
export const mergedIn = (out: string): string => join(out, "merged");

/** What a node runs for a shard, without the words that start Slope, and without `--shard`, which differs. */
export const benchWords = (
  { planPath, out, data }: Pick<Submission, "planPath" | "out" | "data">,
): string[] => // The plan file alone decides, not a configuration that happens to lie on a node.
["bench", "--config", "none", "--plan", planPath, "--out", out, ...data];

export const mergeWords = (out: string): string[] => ["merge", out, "--out", mergedIn(out)];

/** The longest name for which every scheduler has room: Kubernetes adds the number of a pod, up to 63 characters. */
export const LONGEST_NAME = 50;

/** A name for the jobs, from that of the folder. */
export function usualName(out: string): string {
  const word = basename(out).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `slope-${word}`.replaceAll(/-+/g, "-").slice(0, LONGEST_NAME).replace(/-$/, "");
}
