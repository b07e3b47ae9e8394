import { InputError } from "../base/errors.ts";
import { known } from "../base/known.ts";
import type { PlanInput } from "../format/plan.ts";
import { HELD, type Held, type Sandbox, type SandboxMode } from "../format/sandbox.ts";
import type { CellRuntime, RuntimeName } from "../format/trial_record.ts";
import { findBox, type FoundBox } from "../trial/box/find_box.ts";
import { isForeign, kindOf } from "../trial/program/kinds.ts";
import type { Confinement } from "../trial/runtimes.ts";

/** The plan for programs of strangers: no program runs that could reach files, the network or processes. */
export const FOR_STRANGERS: PlanInput = { sandbox: "require" };

/** What a stranger's program must not reach; too much memory ends the program alone. */
const NEEDED: readonly Held[] = ["files", "network", "processes"];

/**
 * What keeps these plug-ins from the rest of the machine; undefined where the user wants nothing. Throws InputError where
 * a sandbox is required and a plug-in has none.
 */
export async function findConfinement(
  mode: SandboxMode | undefined,
  plugins: readonly string[],
  runtimes: readonly RuntimeName[],
): Promise<Confinement | undefined> {
  if (mode === "off") return undefined;
  if (plugins.length === 0) return {};
  const found = await findBox();
  if (mode === "require") {
    const free = sandboxesOf(plugins, runtimes, found)
      .find(({ holds }) => NEEDED.some((one) => !holds.includes(one)));
    if (free !== undefined) {
      throw new InputError(
        `Cannot run plug-in "${free.plugin}" in a sandbox`,
        "install bubblewrap (`apt-get install bubblewrap`), use --runtimes deno for modules, or " +
          "trust it with --sandbox off",
        { cause: free },
      );
    }
  }
  const isStrict = mode === "require";
  return found.available ? { box: found.box, isStrict } : { isStrict };
}

/** What holds each plug-in in each runtime. */
export function sandboxesOf(
  plugins: readonly string[],
  runtimes: readonly RuntimeName[],
  found: FoundBox,
): Sandbox[] {
  return plugins.flatMap((plugin): Sandbox[] => {
    if (isForeign(plugin)) {
      const runtime = kindOf(plugin) === "python" ? "python" : "program";
      return [sandboxOf(plugin, runtime, found)];
    }
    return runtimes.map((runtime) => sandboxOf(plugin, runtime, found));
  });
}

function sandboxOf(plugin: string, runtime: CellRuntime, found: FoundBox): Sandbox {
  const isModule = kindOf(plugin) === "module";
  const permissions = isModule ? PERMISSIONS[runtime] : undefined;
  const holds = HELD.filter((one) => found.available || permissions?.holds.includes(one));
  return known({
    plugin,
    runtime,
    by: [...(found.available ? ["bwrap" as const] : []), ...(permissions ? [permissions.by] : [])],
    holds,
    noBox: found.available ? undefined : found.reason,
  });
}

/** What the permissions of a runtime hold. Native code is held by none of them. */
const PERMISSIONS: Partial<Record<CellRuntime, { by: "deno" | "node"; holds: readonly Held[] }>> = {
  deno: { by: "deno", holds: ["files", "network", "processes"] },
  node: { by: "node", holds: ["files", "processes"] },
};

/** What holds each plug-in of a run; nothing where the user trusts them. */
export async function describeConfinement(
  mode: SandboxMode | undefined,
  plugins: readonly string[],
  runtimes: readonly RuntimeName[],
): Promise<Sandbox[]> {
  return mode === "off" || plugins.length === 0
    ? []
    : sandboxesOf(plugins, runtimes, await findBox());
}
