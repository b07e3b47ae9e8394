import { messageOf } from "../base/errors.ts";
import type { ProfiledKernel } from "./profiled_kernel.ts";
import type { Counters } from "../format/profile_record.ts";

/** The answer of @mitata/counters: a tree with the figures of events as leaves. */
type Events = { readonly [name: string]: Events | number | null };

/**
 * Counts cycles, instructions, branches and cache misses over one stretch of steps without marks. Most virtual machines
 * hide these counters, and macOS shows them only to root.
 */
export async function countEvents(profiled: ProfiledKernel): Promise<Counters> {
  try {
    const counters = await import("@mitata/counters");
    counters.init();
    try {
      counters.before();
      const { examples } = await profiled.plain();
      counters.after();
      return { examples, events: flat(counters.translate(1, 1)) };
    } finally {
      counters.deinit();
    }
  } catch (error) {
    return { unavailable: messageOf(error) };
  }
}

/** The average of every event, by its path such as "cache.misses". */
function flat(events: Events, path: readonly string[] = []): Record<string, number> {
  return Object.fromEntries(
    Object.entries(events).flatMap(([name, value]) => {
      if (value === null) return [];
      if (typeof value !== "number") return Object.entries(flat(value, [...path, name]));
      // "_bmispred" repeats "branches.mispredicted".
      return name === "avg" && !path[0].startsWith("_") ? [[path.join("."), value]] : [];
    }),
  );
}
