import { known } from "../base/known.ts";
import { IMPLEMENTATIONS } from "../gradients/all.ts";
import { availabilityOf } from "../gradients/availability.ts";
import type { GradientImplementation } from "../gradients/contract.ts";
import { loadPlugin } from "../gradients/plugin.ts";
import type { DescribedImplementation, Unprobed } from "../format/protocol.ts";

/** Describes the implementations of a plug-in file, or Slope's own, as this process sees them. */
export async function describe(
  plugin: string | undefined,
  unprobed: Unprobed = [],
): Promise<DescribedImplementation[]> {
  const implementations = plugin === undefined ? IMPLEMENTATIONS : await loadPlugin(plugin);
  return await Promise.all(implementations.map(async (implementation) => {
    const { name, summary, precision, needs = [], backEnd, skipsZeroPixels } = implementation;
    const availability = needs.some((need) => unprobed.includes(need))
      ? { available: false as const, reason: "not asked" }
      : await availabilityOf(implementation);
    const arithmetic = known({ backEnd, skipsZeroPixels });
    return { name, summary, precision, needs: [...needs], ...arithmetic, availability };
  }));
}

/** Finds an implementation by name. Throws when this process does not have it. */
export async function findImplementation(
  name: string,
  plugin: string | undefined,
): Promise<GradientImplementation> {
  const implementations = plugin === undefined ? IMPLEMENTATIONS : await loadPlugin(plugin);
  const found = implementations.find((implementation) => implementation.name === name);
  if (!found) {
    throw new Error(`Cannot find implementation "${name}" in ${plugin ?? "Slope's own"}`);
  }
  return found;
}
