import { formatExact } from "../../report/numbers.ts";
import type { Explanation, Told } from "./told.ts";

const MEASURES = { norm: "length", largest: "largest element", sum: "sum of sizes" } as const;

/** What is left of the size of a gradient: a limit of it, the signs alone, or one size for all. */
export function clippedWords({ form, value, name }: Told): Explanation {
  const size = formatExact(Number(value.toPrecision(4)));
  if (name === "signs") {
    return {
      meaning: `Every element of the gradient is 0 or ±${size}: its sign alone is left, as after ` +
        "one step of Adam, RMSProp or Adagrad.",
      fix: "Return the gradient itself, or update by w −= rate · g: plain descent is what it is " +
        "compared with. An optimiser of its own cannot be declared, so switch it off while you " +
        "check the rest.",
    };
  }
  const [, over, by] = /^normalised-(array|whole)-(norm|largest|sum)$/.exec(name) ?? [];
  if (by !== undefined) {
    const measure = MEASURES[by as keyof typeof MEASURES];
    const whose = over === "array" ? "Each array of the gradient" : "The gradient";
    return {
      meaning: `${whose} is divided by its ${measure}, which is then always ${size}: steps stay ` +
        "as large at the minimum, and without an ε a gradient of 0 gives NaN.",
      fix: "Return the gradient as it is. A limit divides only what is longer: " +
        "g · min(1, limit / ‖g‖).",
    };
  }
  return {
    meaning: `The gradient is clipped ${form} to ${size}.`,
    fix: "Return the gradient as it is. It differs from the plan, and trains; clipping cannot be " +
      "declared, so if you mean it, raise the limit while you check the rest.",
  };
}
