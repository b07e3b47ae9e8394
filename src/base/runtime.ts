import process from "node:process";

/** What only one runtime has is looked up here. */
declare const Deno: unknown;
declare const Bun: { gc(isSynchronous: boolean): void } | undefined;

export const RUNTIMES = ["deno", "bun", "node"] as const;
export type CurrentRuntime = (typeof RUNTIMES)[number];

/** The current runtime and its version, without a leading "v". */
export const CURRENT_RUNTIME: { readonly name: CurrentRuntime; readonly version: string } =
  typeof Deno !== "undefined"
    ? { name: "deno", version: process.versions.deno ?? "unknown" }
    : typeof Bun !== "undefined"
    ? { name: "bun", version: process.versions.bun ?? "unknown" }
    : { name: "node", version: process.versions.node };

/** Whether trials of this runtime run in a JavaScript runtime, not in Python or as a program of their own. */
export const isJavaScript = (runtime: string): boolean =>
  (RUNTIMES as readonly string[]).includes(runtime);

/** Unit of `cost` in v8.GCProfiler, in ns: Deno passes V8's nanoseconds on, Node and Bun give microseconds. */
export const GC_COST_UNIT_NS = CURRENT_RUNTIME.name === "deno" ? 1 : 1000;

/** Collects garbage now if the runtime allows it, which only Bun does. Returns whether it did. */
export function collectGarbage(): boolean {
  if (typeof Bun === "undefined") return false;
  Bun.gc(true);
  return true;
}
