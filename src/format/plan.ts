import { z } from "zod";
import { ProcessIdentity } from "../base/process_identity.ts";
import { DataSource } from "../data/schemas.ts";
import { Ceilings } from "./ceilings.ts";
import type { PlanField } from "./field_kinds.ts";
import { HookRecord } from "./hook.ts";
import { PLAN_FIELD_NAMES, PLAN_FIELDS } from "./plan_fields.ts";
import { DescribedImplementation } from "./protocol.ts";
import { SoftwareDevice } from "./reason.ts";
import { Sandbox } from "./sandbox.ts";
import { Shard } from "./shard.ts";
import { CellRuntime, FORMAT_VERSION } from "./trial_record.ts";

const positive = z.int().positive();

type Fields = typeof PLAN_FIELDS;

/** A column of the table of fields as the shape of an object's schema. */
const shape = <S>(of: (field: PlanField) => z.ZodType): S =>
  Object.fromEntries(
    PLAN_FIELD_NAMES.map((name) => [name, of(PLAN_FIELDS[name]).describe(PLAN_FIELDS[name].help)]),
  ) as S;

/** Everything that decides what a sweep measures. Complete: no default is left to the reader. */
export const Plan = z.strictObject(
  shape<{ [N in keyof Fields]: Fields[N]["schema"] }>(({ schema }) => schema),
);
export type Plan = z.infer<typeof Plan>;

/** A plan with anything left out: what options, presets and plan files give. */
export const PlanInput = z.strictObject(
  shape<{ [N in keyof Fields]: NonNullable<Fields[N]["input"]> }>(({ schema, input }) =>
    input ?? schema
  ),
).partial();
export type PlanInput = z.infer<typeof PlanInput>;

export const Environment = z.strictObject({
  host: z.string(),
  os: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: positive,
  memoryBytes: positive,
  cachesBytes: z.strictObject({
    l1d: positive.optional(),
    l2: positive.optional(),
    l3: positive.optional(),
  }),
  loadAverage: z.array(z.number()).optional(),
  runtimes: z.partialRecord(CellRuntime, z.string()),
  peers: z.record(z.string(), z.string()).optional(),
  gitCommit: z.string().optional(),
  /** Digest of Slope's own code: tells edited checkouts of one commit apart. */
  codeSha256: z.string().optional(),
  slope: z.string(),
});
export type Environment = z.infer<typeof Environment>;

/** One start of the sweep: a run that was resumed has several. */
export const Session = z.strictObject({
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  ended: z.enum(["complete", "interrupted"]).optional(),
  /** While it runs. */
  process: ProcessIdentity.optional(),
  /** In a shard, the boot of its machine, which two host names of one machine have in common. Linux only. */
  boot: z.string().optional(),
  /** Where a shard was resumed elsewhere, and differs from the environment of the run. */
  environment: Environment.optional(),
  /** Commands of the user that ran in it. */
  hooks: z.array(HookRecord).optional(),
});
export type Session = z.infer<typeof Session>;

/** What one shard of a merged run measured, and where. */
export const MergedShard = z.strictObject({
  ...Shard.shape,
  /** Host of its first session. */
  host: z.string(),
  environment: Environment,
  sessions: z.array(Session).min(1),
  /** Its records, and how many its rounds make; absent where no shard came so far that this is known. */
  trials: z.int().nonnegative(),
  planned: positive.optional(),
  /** Bytes of a last record that was cut, and is left out. */
  cutBytes: positive.optional(),
});
export type MergedShard = z.infer<typeof MergedShard>;

/** An implementation that the plan contains only if it is named, and why. */
const LeftOut = z.strictObject({ implementation: z.string(), reason: SoftwareDevice });
export type LeftOut = z.infer<typeof LeftOut>;

/** `run.json`: what was to be measured, on what, with what. docs/FORMAT.md explains the fields. */
export const RunFile = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  plan: Plan,
  environment: Environment,
  data: DataSource,
  sessions: z.array(Session).min(1),
  /** What decides how fast each implementation and peer can be; absent until all have been asked. */
  implementations: z.array(
    DescribedImplementation.pick({
      name: true,
      summary: true,
      needs: true,
      backEnd: true,
      skipsZeroPixels: true,
      withOneThread: true,
    }).partial({ summary: true }),
  ).optional(),
  leftOut: z.array(LeftOut).min(1).optional(),
  nonZeroPixels: z.array(z.strictObject({
    seed: z.int().nonnegative(),
    examples: positive,
    count: z.int().nonnegative(),
  })).optional(),
  plugins: z.array(z.strictObject({
    path: z.string(),
    sha256: z.string(),
    copy: z.string(),
    /** Commit of the repository around the file; "-dirty" with changes, or where the file is not in it. */
    gitCommit: z.string().optional(),
    imports: z.array(
      z.strictObject({ path: z.string(), sha256: z.string(), copy: z.string().optional() }),
    ).optional(),
  })).optional(),
  /** What keeps each plug-in from the rest of the machine. */
  sandbox: z.array(Sandbox).optional(),
  trials: positive.optional(),
  ceilings: z.array(Ceilings).optional(),
  /** It has these rounds of the plan alone. */
  shard: Shard.optional(),
  /** It was merged from these, by index; those that are missing from 1 to `count` never came. */
  shards: z.array(MergedShard).min(1).optional(),
});
export type RunFile = z.infer<typeof RunFile>;

/** The commit that the plug-ins of a run have in common. */
export function pluginCommit({ plugins = [] }: RunFile): string | undefined {
  const commits = new Set(plugins.map(({ gitCommit }) => gitCommit));
  return commits.size === 1 ? [...commits][0] : undefined;
}

/** The commit of the measured code: the plug-ins', where they have one in common, or else Slope's. */
export const measuredCommit = (run: RunFile): string | undefined =>
  pluginCommit(run) ?? run.environment.gitCommit;
