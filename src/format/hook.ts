import { z } from "zod";

export const HOOKS = ["before-run", "before-trial", "after-run"] as const;
export type HookName = (typeof HOOKS)[number];

/** A command of the user that ran at its place in a sweep, once or before every trial. */
export const HookRecord = z.strictObject({
  hook: z.enum(HOOKS),
  command: z.string(),
  times: z.int().positive(),
  /** Sum over all times that it ran. */
  durationNs: z.number().nonnegative(),
  lastNs: z.number().nonnegative(),
  /** Exit code of the last time; absent where the command did not end by itself. */
  exitCode: z.int().optional(),
  /** Signal that ended it. */
  signal: z.string().optional(),
  timedOut: z.literal(true).optional(),
  /** Why it could not be started. */
  message: z.string().optional(),
});
export type HookRecord = z.infer<typeof HookRecord>;
