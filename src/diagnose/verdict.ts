import type { Finding } from "../format/finding.ts";
import { isUsualActivation } from "./inside/functions.ts";
import { isHarmless } from "./inside/small_constants.ts";
import { isGradientFinding } from "./words/finding_words.ts";

/** What the findings about the gradient come to. */
export type Verdict =
  | "right"
  /** At the network of the plan; not at another one. */
  | "wrong-elsewhere"
  /** At ordinary parameters; at much larger ones a number overflows, or the program fails. */
  | "right-until-large"
  /** All of it times a constant. */
  | "right-up-to-a-constant"
  /** Other pixels, targets, losses, or something added on purpose, be it an ε. */
  | "right-for-another-convention"
  | "wrong"
  /** The gradient is right, its use is not. */
  | "wrong-update"
  | "not-reproducible";

const CONVENTIONS: ReadonlySet<string> = new Set([
  "pixel-map",
  "pixel-scale",
  "target-coding",
  "other-loss",
  "weight-decay",
  "momentum-inside",
  "clipped",
]);
const UPDATES: ReadonlySet<string> = new Set(["wrong-update", "parameters-changed"]);

/**
 * Decay of the wrong sign lets weights grow, and momentum of the wrong sign undoes steps; decay or momentum that was
 * declared should be there.
 */
const isOpposite = (one: Finding): boolean =>
  one.id === "weight-decay" && "value" in one &&
    (one.value! <= 0 || one.form === "absoluteDecay" || one.form === "squareDecay") ||
  one.id === "momentum-inside" && "coefficient" in one &&
    (one.coefficient <= 0 || one.form === "late" || one.form === "other");

/** A small constant such as an ε: it hinders no training. */
const LITTLE = 1e-6;

/** Another activation that people take on purpose, with its own derivative: a wrong one would be a finding, too. */
const isOtherActivation = (one: Finding): boolean =>
  one.id === "wrong-activation" && "form" in one && isUsualActivation(one.form ?? "");

const isLittle = (one: Finding): boolean =>
  one.id === "rounding" && "form" in one && one.form === "little" && one.value! < LITTLE;

const isAtLargeAlone = (one: Finding): boolean =>
  one.id === "fails-when-large" || one.id === "overflow" && "broken" in one && one.broken === 0;

export function verdictOf(findings: readonly Finding[]): Verdict {
  const all = findings.filter(isGradientFinding);
  const about = all.filter((one) => !isAtLargeAlone(one));
  if (about.length === 0 && all.length > 0) return "right-until-large";
  const every = (is: (one: Finding) => boolean) => about.every(is);
  if (about.length === 0) return "right";
  if (every(({ at }) => at !== undefined)) return "wrong-elsewhere";
  if (about.some(({ id }) => id === "non-deterministic")) return "not-reproducible";
  const isConstant = (one: Finding) =>
    one.id === "scale" && "factor" in one && one.factor !== 0 && !("parts" in one && one.parts);
  if (every(isConstant)) return "right-up-to-a-constant";
  const isMeant = (one: Finding) =>
    CONVENTIONS.has(one.id) && !isOpposite(one) || isOtherActivation(one) || isLittle(one) ||
    isHarmless(one) ||
    one.id === "wrong-update" && "convention" in one && one.convention !== undefined;
  if (every((one) => isConstant(one) || isMeant(one))) return "right-for-another-convention";
  return every(({ id }) => UPDATES.has(id)) ? "wrong-update" : "wrong";
}
