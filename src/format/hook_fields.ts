import { z } from "zod";
import { field } from "./field_kinds.ts";

/** A command of the user that runs at its place in a sweep. */
const hook = (flag: string, label: string, help: string) =>
  field({
    kind: "command",
    flag,
    schema: z.string().min(1).optional(),
    otherwise: "none",
    label,
    help,
  });

/** The fields of a plan that are commands of the user. */
export const HOOK_FIELDS = {
  beforeRun: hook(
    "before-run",
    "command before the run",
    "Run this command first, without a shell; if it fails, nothing is measured",
  ),
  beforeTrial: hook(
    "before-trial",
    "command before each trial",
    "Run this command before each trial; if it fails, the sweep stops and can be resumed",
  ),
  afterRun: hook(
    "after-run",
    "command after the run",
    "Run this command last, also after an interruption or a failure",
  ),
} as const;
