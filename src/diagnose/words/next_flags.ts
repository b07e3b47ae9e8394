import type { Convention } from "../../format/convention.ts";
import type { Finding } from "../../format/finding.ts";
import { conventionFlags } from "./convention_words.ts";
import { isGradientFinding } from "./finding_words.ts";

/** The flags that declare all that may be meant; empty where nothing may. */
export function declaredFlags(findings: readonly Finding[]): string {
  const all: Convention[] = findings.flatMap((one) =>
    "convention" in one && one.convention ? [one.convention] : []
  );
  return conventionFlags(Object.assign({}, ...all));
}

/** The flags that name another network at which the gradient is wrong; empty where it is wrong at the plan's. */
export function otherFlags(findings: readonly Finding[]): string[] {
  const about = findings.filter(isGradientFinding);
  const [first] = about;
  if (first?.at === undefined || about.some(({ at }) => at === undefined)) return [];
  const { layerSizes, hiddenActivation, outputLoss } = first.at;
  return [
    ...(layerSizes ? [`--layers ${layerSizes.join(",")}`] : []),
    ...(hiddenActivation ? [`--activation ${hiddenActivation}`] : []),
    ...(outputLoss ? [`--loss ${outputLoss}`] : []),
  ];
}

/** The flags with which training learns what the findings say is missing: "--batch 10 --rate 3". */
export function nextFlags(findings: readonly Finding[]): string {
  const flags = new Map<string, string>();
  for (const one of findings) {
    if ((one.id === "rate-too-small" || one.id === "rate-too-large") && "advisedRate" in one) {
      flags.set("--rate", String(one.advisedRate));
    }
    if (one.id === "saturated-units") flags.set("--initialisation", "scaled-normal");
  }
  for (const one of findings) {
    if (one.id !== "too-few-updates" || !("smaller" in one)) continue;
    flags.set("--batch", String(one.smaller.batchSize));
    flags.set("--rate", String(one.smaller.rate));
  }
  return [...flags].map((pair) => pair.join(" ")).join(" ");
}
