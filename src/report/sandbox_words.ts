import { basename } from "node:path";
import { HELD, type Held, type NoBox, type Sandbox } from "../format/sandbox.ts";
import { listed } from "./numbers.ts";

const HELD_FROM: Record<Held, string> = {
  files: "other files",
  network: "the network",
  processes: "other processes",
  memory: "more than three quarters of the memory",
};
const BY: Record<Sandbox["by"][0], string> = {
  bwrap: "bubblewrap",
  deno: "Deno's permissions",
  node: "Node's permissions",
};

/** More plug-ins are told by their number. */
const MOST_NAMES = 3;

/** What holds these plug-ins: a line for all that are held alike. */
export function sandboxLines(sandboxes: readonly Sandbox[]): string[] {
  const groups = new Map<string, [Sandbox, string[]]>();
  for (const one of sandboxes) {
    const text = heldText(one);
    const isModule = sandboxes.some((other) =>
      other.plugin === one.plugin && other.runtime !== one.runtime
    );
    const name = basename(one.plugin) + (isModule ? ` in ${one.runtime}` : "");
    groups.set(text, [one, [...groups.get(text)?.[1] ?? [], name]]);
  }
  return [...groups.values()].map(([one, names]) =>
    `${someOf(names)} ${heldText(one, names.length > 1 && names.length <= MOST_NAMES)}`
  );
}

/** "other files and the network". */
export const heldFrom = (held: readonly Held[]): string =>
  listed(held.map((one) => HELD_FROM[one]));

/** "is kept from other files and the network (bubblewrap)". */
export function heldText({ holds, by, noBox }: Sandbox, isPlural = false): string {
  const free = HELD.filter((one) => !holds.includes(one));
  const why = noBox ? `; ${noBoxText(noBox)}` : "";
  if (holds.length === 0) return `${isPlural ? "run" : "runs"} without a sandbox${why}`;
  return `${isPlural ? "are" : "is"} kept from ${heldFrom(holds)} (${
    by.map((one) => BY[one]).join(", ")
  })` +
    (free.length > 0 ? `, not from ${heldFrom(free)}${why}` : "");
}

export function noBoxText({ why, message }: NoBox): string {
  switch (why) {
    case "not-here":
      return "there is a sandbox for every language on Linux only";
    case "not-installed":
      return "bubblewrap is not installed (`apt-get install bubblewrap`)";
    case "refused":
      return `this system refuses bubblewrap its namespaces (${message ?? "unknown"})`;
  }
}

function someOf(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `each of ${names.length} plug-ins` : listed(names);
}
