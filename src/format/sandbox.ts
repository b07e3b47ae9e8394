import { z } from "zod";
import { CellRuntime } from "./trial_record.ts";

export const SANDBOX_MODES = ["auto", "require", "off"] as const;
export type SandboxMode = (typeof SANDBOX_MODES)[number];

/** What a program cannot do: reach files that are not its own, the network, other processes, or all memory. */
export const HELD = ["files", "network", "processes", "memory"] as const;
export type Held = (typeof HELD)[number];

/** Why there is no box of the operating system. */
export const NoBox = z.strictObject({
  why: z.enum(["not-here", "not-installed", "refused"]),
  /** What the system says. */
  message: z.string().optional(),
});
export type NoBox = z.infer<typeof NoBox>;

/** What keeps a plug-in from the rest of the machine. */
export const Sandbox = z.strictObject({
  plugin: z.string(),
  runtime: CellRuntime,
  by: z.array(z.enum(["bwrap", "deno", "node"])),
  holds: z.array(z.enum(HELD)),
  /** Absent: there is a box, or none is wanted. */
  noBox: NoBox.optional(),
});
export type Sandbox = z.infer<typeof Sandbox>;
