import { dirname } from "node:path";
import { known } from "../base/known.ts";
import type { PreparedData } from "../data/schemas.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availabilityOf } from "../gradients/availability.ts";
import type { GradientImplementation } from "../gradients/contract.ts";
import { useImportsOf } from "./plugin_imports.ts";
import { kindOf } from "./program/kinds.ts";
import { loadPlugin } from "../gradients/plugin.ts";
import type { DescribedImplementation } from "../format/protocol.ts";
import type { DescribeRequest } from "../format/request.ts";

type Source = Pick<DescribeRequest, "plugin" | "python" | "wrapper"> & {
  readonly data?: PreparedData;
};

async function implementationsOf(
  { plugin, python = "python3", wrapper, data }: Source,
): Promise<readonly GradientImplementation[]> {
  if (plugin === undefined) return IMPLEMENTATIONS;
  const kind = kindOf(plugin);
  if (kind === "module") {
    useImportsOf(plugin);
    return await loadPlugin(plugin);
  }
  if (kind === "native") return await (await import("./program/native.ts")).loadNative(plugin);
  const folder = data && dirname(data.trainPixels);
  const { loadProgram } = await import("./program/load_program.ts");
  return await loadProgram(plugin, python, known({ wrapper, folder }));
}

/** Describes the implementations of a plug-in file, or Slope's own, as this process sees them. */
export async function describe(
  { unprobed = [], ...source }: Source & Pick<DescribeRequest, "unprobed">,
): Promise<DescribedImplementation[]> {
  const implementations = await implementationsOf(source);
  return await Promise.all(implementations.map(async (implementation) => {
    const { name, summary, precision, needs = [], network } = implementation;
    const { backEnd, skipsZeroPixels, withOneThread, timedFromWidth } = implementation;
    const availability = needs.some((need) => unprobed.includes(need))
      ? { available: false as const, reason: "not asked" }
      : await availabilityOf(implementation);
    const more = known({
      backEnd,
      skipsZeroPixels,
      withOneThread,
      timedFromWidth,
      network: network &&
        known({ ...network, layerSizes: network.layerSizes && [...network.layerSizes] }),
    });
    return { name, summary, precision, needs: [...needs], ...more, availability };
  }));
}

/** Finds an implementation by name. Throws when this process does not have it. */
export async function findImplementation(
  name: string,
  source: Source,
): Promise<GradientImplementation> {
  const implementations = await implementationsOf(source);
  const found = implementations.find((implementation) => implementation.name === name);
  if (!found) {
    throw new Error(`Cannot find implementation "${name}" in ${source.plugin ?? "Slope's own"}`);
  }
  return found;
}
