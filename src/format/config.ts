import { z } from "zod";
import { field } from "./field_kinds.ts";
import { PlanInput } from "./plan.ts";

/** The verdicts that can fail a comparison. */
export const FAIL_ON = ["slower", "wrong", "unresolved"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Default threshold, as a factor less 1. */
export const THRESHOLD = 0.03;

/** What several commands need and no plan holds, declared as the fields of a plan are. */
export const SETTINGS = {
  data: field({
    kind: "name",
    flag: "data",
    metavar: "DATA",
    schema: z.string().min(1),
    otherwise: "$SLOPE_DATA, the cache, a download",
    label: "data",
    help:
      "A folder or file with images and labels (IDX, npz, CSV, zip), as DIR#letters where it holds several sets; or a " +
      "known set, as fashion-mnist",
  }),
  synthetic: field({
    kind: "flag",
    flag: "synthetic",
    schema: z.boolean(),
    default: false,
    label: "synthetic digits",
    help: "Draw synthetic digits instead of reading a data set",
  }),
  out: field({
    kind: "name",
    flag: "out",
    metavar: "DIR",
    schema: z.string().min(1),
    default: "results",
    label: "folder of runs",
    help: "Folder that holds the folders of runs",
  }),
  threshold: field({
    kind: "share",
    flag: "threshold",
    schema: z.number().positive().lt(1),
    default: THRESHOLD,
    label: "threshold",
    help: "Smaller differences do not count",
  }),
  failOn: field({
    kind: "choices",
    flag: "fail-on",
    schema: z.array(z.enum(FAIL_ON)).min(1),
    default: ["slower"],
    label: "verdicts that fail",
    help: "Exit code 1 where one of these occurs",
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** `slope.config.json`, or what `slope.config.ts` exports: any field of a plan, and the settings. */
export const Config = PlanInput.omit({ against: true }).extend({
  $schema: z.string().optional(),
  ...Object.fromEntries(
    SETTING_NAMES.map((name) =>
      [name, SETTINGS[name].schema.optional().describe(SETTINGS[name].help)] as const
    ),
  ) as { [N in SettingName]: z.ZodOptional<(typeof SETTINGS)[N]["schema"]> },
});
export type Config = z.infer<typeof Config>;
