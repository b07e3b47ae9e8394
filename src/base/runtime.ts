import process from "node:process";

/** What only one runtime has is asked for here, so that the rest of the code reads the same on all. */
declare const Deno: unknown;
declare const Bun: { gc(isSynchronous: boolean): void } | undefined;

export type CurrentRuntime = "deno" | "bun" | "node";

/** The runtime that runs this code, and its version without a leading "v". */
export const CURRENT_RUNTIME: { readonly name: CurrentRuntime; readonly version: string } =
  typeof Deno !== "undefined"
    ? { name: "deno", version: process.versions.deno ?? "unknown" }
    : typeof Bun !== "undefined"
    ? { name: "bun", version: process.versions.bun ?? "unknown" }
    : { name: "node", version: process.versions.node };

/**
 * Nanoseconds in one unit of the `cost` that v8.GCProfiler reports. Deno passes V8's nanoseconds on;
 * Node and Bun divide them to microseconds.
 */
export const GC_COST_UNIT_NS = CURRENT_RUNTIME.name === "deno" ? 1 : 1000;

/** Collects garbage now where the runtime lets one ask for it, which is Bun. Returns whether it did. */
export function collectGarbage(): boolean {
  if (typeof Bun === "undefined") return false;
  Bun.gc(true);
  return true;
}
