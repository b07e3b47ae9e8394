import type { Summary } from "../format/summary.ts";
import { counted } from "./numbers.ts";

/** What was trained, and how: "mnist", "784-16-16-10", "B = 10" and so on. */
export function termsOf({ plan, data }: Summary): string[] {
  return [
    data.synthetic ? "synthetic digits" : data.name,
    plan.layerSizes.join("-"),
    `${plan.hiddenActivation}, ${plan.outputLoss}`,
    `B = ${plan.batchSizes.join(", ")}`,
    `rate ${plan.rate}`,
    counted(plan.epochs, "epoch"),
    ...(plan.resolve === undefined ? [counted(plan.rounds, "round")] : []),
  ];
}

/** In which runtimes, on which machine. */
export function placeOf({ environment }: Summary): string[] {
  const runtimes = Object.entries(environment.runtimes).map(([name, version]) =>
    `${name} ${version}`
  );
  return [...runtimes, environment.cpu, counted(environment.cores, "core")];
}
