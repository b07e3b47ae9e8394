import { cannotFind } from "../base/closest.ts";

const isExcluded = (item: string): boolean => item.startsWith("!");

/** Whether the item names one program, and is no pattern of names. */
export const isPlainName = (item: string): boolean => !isExcluded(item) && !item.includes("*");

/** Whether a list chooses among the usual names: there is none, or it only leaves names out. */
export const isUsualList = (items: readonly string[] | undefined): boolean =>
  items === undefined || items.length > 0 && items.every(isExcluded);

/** "wasm_*": whether a name fits, where * stands for any characters. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/**
 * The names that a list of names and patterns stands for: "wasm_*" every known name that fits, in the order of `known`;
 * "!naive_loop" leaves out what was chosen before it, of `usual` where nothing was. Without duplicates. Throws
 * InputError for an item that fits no known name, with the nearest.
 */
export function namesMatching(
  items: readonly string[],
  known: readonly string[],
  usual: readonly string[],
): string[] {
  let chosen = isUsualList(items) ? [...usual] : [];
  for (const item of items) {
    const pattern = item.replace(/^!/, "");
    const found = known.filter((name) => fits(pattern, name));
    if (found.length === 0) {
      const hint = `known are ${known.join(", ")}; add your own with --plugin FILE`;
      throw cannotFind("implementation", pattern, known, hint);
    }
    chosen = isExcluded(item)
      ? chosen.filter((name) => !found.includes(name))
      : [...chosen, ...found];
  }
  return [...new Set(chosen)];
}

/** Whether an item of the list leaves this name out. */
export const leavesOut = (items: readonly string[], name: string): boolean =>
  items.some((item) => isExcluded(item) && fits(item.slice(1), name));
