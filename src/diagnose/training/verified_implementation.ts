import { createQuickOracle } from "../../check/quick_oracle.ts";
import { IMPLEMENTATIONS } from "../../gradients/all.ts";
import { availabilityOf } from "../../gradients/availability.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import type { Network } from "../../model/network.ts";

const ORACLE = fromShortForm({
  name: "oracle",
  summary: "the oracle itself",
  precision: "float64",
  prepare({ network, dataset }) {
    const gradientOf = createQuickOracle(network, dataset);
    return (parameters, batch, gradient) =>
      gradientOf(parameters as Float64Array, batch, gradient as Float64Array);
  },
});

/** The fastest implementation that runs here and needs nothing but a runtime; the oracle for what none of them does. */
export async function verifiedImplementation(network: Network): Promise<GradientImplementation> {
  if (network.convention) return ORACLE;
  const plain = IMPLEMENTATIONS.filter(({ needs = [] }) => needs.length === 0);
  for (const one of [...plain].reverse()) {
    if ((await availabilityOf(one)).available) return one;
  }
  return plain[0];
}
