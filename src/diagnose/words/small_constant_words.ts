import { formatError } from "../../report/numbers.ts";
import { isHarmless } from "../inside/small_constants.ts";
import type { Explanation, Told } from "./told.ts";

/** "10⁻⁵", "2.5 × 10⁻⁷": as many digits as it has, at most three. */
function power(value: number): string {
  const short = Number(value.toPrecision(3));
  const [mantissa] = short.toExponential().split("e");
  return formatError(short, mantissa.replace(".", "").length);
}

export function smallConstantWords({ form, value }: Told): Explanation {
  const harmless = isHarmless({ id: "small-constant", value });
  return {
    meaning: `${form}, with ε = ${power(value)}. ` +
      (harmless
        ? "That is harmless: training does not notice it."
        : "It is so large that it changes what is learned."),
    fix:
      `${
        harmless ? "Leave it, or c" : "C"
      }ompute ln softmax(z) as z − max z − ln Σ e^(z − max z), ` +
      "and δ as a − y: then no ε is needed.",
  };
}

/** Relative errors of what float16 rounds, over all numbers of a gradient: half a unit is 4.9 × 10⁻⁴. */
const OF_HALF = [3e-5, 3e-3];

/** Where digits begin to be missing, and whether they are as many as half precision has. */
export function fewDigitsFrom(stage: string, value: number): string {
  if (stage === "") return "";
  const isHalf = value > OF_HALF[0] && value < OF_HALF[1];
  return ` Digits are missing first in ${stage}` +
    (isHalf ? ", about as many as in half precision (float16)." : ".");
}
