import { messageOf } from "../base/errors.ts";
import type { ProfiledKernel } from "./profiled_kernel.ts";
import type { Counters } from "../format/profile_record.ts";

/** What @mitata/counters answers: trees whose leaves are figures of an event. */
type Events = { readonly [name: string]: Events | number | null };

/**
 * Counts hardware events over one stretch of steps without marks: cycles, instructions, branches and cache misses, by
 * the library of mitata. Most virtual machines show none of them, and macOS shows them to root alone.
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

/** The average of every event by its path: "cache.misses". */
function flat(events: Events, path: readonly string[] = []): Record<string, number> {
  return Object.fromEntries(
    Object.entries(events).flatMap(([name, value]) => {
      if (value === null) return [];
      if (typeof value !== "number") return Object.entries(flat(value, [...path, name]));
      // "_bmispred" is what "branches.mispredicted" is.
      return name === "avg" && !path[0].startsWith("_") ? [[path.join("."), value]] : [];
    }),
  );
}
