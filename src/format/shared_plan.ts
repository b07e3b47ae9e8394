import { z } from "zod";
import { DataSource } from "../data/schemas.ts";
import { Environment, Plan, PlanInput, RunFile } from "./plan.ts";
import { FORMAT_VERSION } from "./trial_record.ts";

/**
 * `shards.json`, beside the folders of shards: what all of them measure. The first shard that starts writes it, because
 * some of a plan depends on the machine: what `all` threads are, and which programs it offers.
 */
export const SharedPlan = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  /** The number of shards. */
  shards: z.int().positive(),
  /** The options of the shard that wrote it: all others are started with the same. */
  given: PlanInput,
  plan: Plan,
  leftOut: RunFile.shape.leftOut,
  /** Where it was written; the others have the same code and runtimes. */
  environment: Environment,
  sha256: DataSource.shape.sha256,
  /** SHA-256 of each file of the plug-ins, as it was then. */
  plugins: z.record(z.string(), z.string()).optional(),
});
export type SharedPlan = z.infer<typeof SharedPlan>;
