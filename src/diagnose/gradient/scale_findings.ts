import type { FindingOf, FixedFinding } from "../../format/finding.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Case, isRight, kindOf, type Scale } from "./explain_gradients.ts";
import { nameOf } from "./parts.ts";

/** Parts of the gradient that are too large, too small, of the wrong sign or missing; one finding for each factor. */
export function scaleFindings(
  scales: readonly Scale[],
  cases: readonly Case[],
  { unwritten }: Behaviour,
): FixedFinding[] {
  const wrong = scales.filter((scale) => !isRight(scale));
  const isAllZero = scales.every(({ factor }) => factor === 0);
  const missing = isAllZero
    ? []
    : wrong.filter(({ factor, part }) => factor === 0 && part.kind === "biases");
  const findings: FixedFinding[] = [];
  if (missing.length > 0) {
    const layers = missing.map(({ part }) => part.layer);
    findings.push({
      id: "bias-missing",
      layers,
      neverWritten: unwritten
        .filter(({ kind, layer }) => kind === "biases" && layers.includes(layer))
        .map(({ layer }) => layer),
    });
  }
  const longest = Math.max(...cases.map(({ batch }) => batch.length));
  const groups = Map.groupBy(wrong.filter((scale) => !missing.includes(scale)), kindOf);
  for (const group of groups.values()) {
    const { factor, divisor } = group[0];
    const place = {
      layers: [...new Set(group.map(({ part }) => part.layer))],
      ...(group.length < scales.length && { parts: group.map(({ part }) => nameOf(part)) }),
    };
    if (factor < 0) findings.push({ id: "sign-reversed", ...place });
    const scale = sizeFigures(Math.abs(factor), divisor, longest);
    if (scale.times !== 1 || scale.divisor !== "examples") {
      findings.push({ id: "scale", ...place, ...scale });
    }
  }
  return findings;
}

function sizeFigures(
  times: number,
  divisor: Scale["divisor"],
  longestMinibatch: number,
): Pick<FindingOf<"scale">, "factor" | "times" | "divisor" | "longestMinibatch"> {
  const factor = divisor === "nothing"
    ? times * longestMinibatch
    : divisor === "examples-squared"
    ? times / longestMinibatch
    : times;
  return {
    factor: Number(factor.toPrecision(6)),
    times,
    divisor: divisor === "examples-kept" ? "examples" : divisor,
    longestMinibatch,
  };
}
