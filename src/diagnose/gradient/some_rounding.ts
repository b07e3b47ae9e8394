import type { Finding, Stage } from "../../format/finding.ts";
import type { Precision } from "../../gradients/contract.ts";
import type { Network } from "../../model/network.ts";
import type { Explanation } from "../inside/explain_program.ts";
import { EXACTNESS, type Exactness } from "../inside/readings.ts";
import type { Case } from "./examined_kernel.ts";
import { distance, type Part, partsOf, sizeOf } from "./parts.ts";

/** Relative error of answers that formulas with fewer digits explain. */
export const ROUGHLY = 10 * EXACTNESS.float32.fit;

/** Between the rounding of float32 and the usual fit of its formulas: shows numbers of fewer digits than float32 has. */
export const FINE: Exactness = { fit: 2e-5, signal: EXACTNESS.float32.signal };

/** A program as it was read, and what that comes to. */
export interface Told {
  readonly explanation: Explanation | undefined;
  readonly told: readonly Finding[];
}

/** How much of a program is not explained. */
export const unreadIn = ({ explanation }: Pick<Told, "explanation">): number =>
  explanation ? explanation.inside.unexplained.length + Math.min(1, explanation.error) : Infinity;

/**
 * Every formula that was found is right, the numbers are not: "single" where all are float32 numbers and float64 is
 * declared, "somewhere" where formulas fit roughly only, "little" where nothing but the difference is known. `finer` is a
 * reading for which more digits must fit: it says where they begin to be missing.
 */
export function someRounding(
  cases: readonly Case[],
  precision: Precision,
  { finer, isRough = false }: { finer?: Told | undefined; isRough?: boolean } = {},
): Finding {
  const isSingle = precision === "float64" &&
    cases.every(({ gradient }) => gradient.every((g) => g === Math.fround(g)));
  const named = finer?.told.find(({ id }) => id === "rounding");
  if (!isSingle && named) return named;
  const value = Math.max(...cases.map(differenceOf));
  const first = isSingle ? undefined : firstUnexplained(finer);
  return {
    id: "rounding",
    layers: first ? [first.layer + 1] : [],
    form: isSingle ? "single" : isRough ? "somewhere" : "little",
    value,
    ...(first && { stage: first.stage }),
  };
}

/** In the order in which a program computes them. */
const STAGES: readonly Stage[] = [
  "pixels",
  "activation",
  "output",
  "backward",
  "product",
  "biases",
];

/** δ is passed down from the last layer, everything else goes from the first one up. */
function firstUnexplained(finer: Told | undefined) {
  const all = finer?.explanation?.inside.unexplained ?? [];
  const place = ({ stage, layer }: typeof all[number]) => [
    STAGES.indexOf(stage),
    stage === "backward" ? -layer : layer,
  ];
  return all.toSorted((a, b) => {
    const [ofA, ofB] = [place(a), place(b)];
    return ofA[0] - ofB[0] || ofA[1] - ofB[1];
  })[0];
}

const differenceOf = ({ gradient, expected }: Case): number => {
  const whole: Part = { kind: "weights", layer: 0, start: 0, end: gradient.length };
  return distance(gradient, expected, whole) / (sizeOf(expected, whole) || 1);
};

/** Part by part the gradient is off by so little that only an ε or a limit such as 1e-7 can be behind it. */
export const isLittle = (cases: readonly Case[], network: Network): boolean =>
  cases.every(({ gradient, expected }) =>
    partsOf(network).every((part) =>
      distance(gradient, expected, part) < LITTLE * sizeOf(expected, part)
    )
  );

const LITTLE = 1e-6;
