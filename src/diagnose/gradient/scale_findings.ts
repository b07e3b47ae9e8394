import type { FindingOf, FixedFinding } from "../../format/finding.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Divisor } from "../inside/reduction.ts";
import { nameOf, type Part } from "./parts.ts";

/** A part of the gradient is `factor` times the sum that the formulas give, divided by `divisor`. */
export interface Scale {
  readonly part: Part;
  readonly factor: number;
  readonly divisor: Divisor;
}

/** Factors that differ by less are equal. */
const FACTOR_STEP = 1e-3;

const isRight = ({ factor, divisor }: Scale): boolean =>
  Math.abs(factor - 1) < FACTOR_STEP && (divisor === "examples" || divisor === "examples-kept");

/** Wrong scales of one kind are one fault. */
const kindOf = ({ factor, divisor }: Scale) => `${factor.toPrecision(3)} ${divisor}`;

/** Parts of the gradient that are too large, too small, of the wrong sign or missing; one finding for each factor. */
export function scaleFindings(
  scales: readonly Scale[],
  longest: number,
  examples: number,
  { unwritten }: Behaviour,
): FixedFinding[] {
  const wrong = scales.filter((scale) => !isRight(scale));
  // A layer without any gradient is one fault.
  const isFrozen = (layer: number) =>
    scales.filter(({ part }) => part.layer === layer).every(({ factor }) => factor === 0) &&
    scales.some(({ part }) => part.layer === layer && part.kind === "weights");
  const isAllZero = scales.every(({ factor }) => factor === 0);
  const missing = isAllZero
    ? []
    : wrong.filter(({ factor, part }) =>
      factor === 0 && part.kind === "biases" && !isFrozen(part.layer)
    );
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
  const groups = Map.groupBy(wrong.filter((scale) => !missing.includes(scale)), kindOf);
  for (const group of groups.values()) {
    const { factor, divisor } = group[0];
    const place = {
      layers: [...new Set(group.map(({ part }) => part.layer))],
      ...(group.length < scales.length && { parts: group.map(({ part }) => nameOf(part)) }),
    };
    if (factor < 0) findings.push({ id: "sign-reversed", ...place });
    const scale = sizeFigures(Math.abs(factor), divisor, longest, examples);
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
  examples: number,
): Pick<FindingOf<"scale">, "factor" | "times" | "divisor" | "longestMinibatch"> {
  const factor = divisor === "nothing"
    ? times * longestMinibatch
    : divisor === "examples-squared"
    ? times / longestMinibatch
    : divisor === "data-set"
    ? times * longestMinibatch / examples
    : times;
  return {
    factor: Number(factor.toPrecision(6)),
    times,
    divisor: divisor === "examples-kept" ? "examples" : divisor,
    longestMinibatch,
  };
}
