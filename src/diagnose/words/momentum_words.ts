import type { FindingOf } from "../../format/finding.ts";
import { formatExact } from "../../report/numbers.ts";
import { ifMeant } from "./convention_words.ts";
import { partsInWords } from "./plain_words.ts";
import type { Language } from "./told.ts";
import type { Words } from "./words.ts";

const VELOCITY = {
  python: "`v = mu * v + g; w -= rate * v`",
  typescript: "`v[p] = mu * v[p] + g[p]; w[p] -= rate * v[p]`",
} as const;

/** A velocity of earlier gradients, where the gradient alone is expected. */
export function momentumWords(
  { coefficient, average, form, earlier = NaN, parts, convention }: FindingOf<"momentum-inside">,
  language: Language,
): Words {
  const mu = formatExact(coefficient);
  if (coefficient === 0) {
    const where = parts && partsInWords(parts);
    return {
      evidence: where === undefined
        ? "Neither the gradient nor an update depends on the calls before."
        : `A second update with one gradient moves the ${where} no further than the first.`,
      meaning: `The momentum that the plan declares is missing${
        where === undefined ? "" : ` in the ${where}`
      }.`,
      fix: "Use v = μ v + gradient in place of the gradient, or leave --momentum out.",
    };
  }
  if (form === "nesterov" && coefficient > 0) {
    return {
      evidence:
        `Each answer is g + ${mu} v with v = ${mu} v + g, or that with g at w − rate · ${mu} v.`,
      meaning:
        `Nesterov's momentum of ${mu} is part of each step, so the answer depends on earlier ` +
        "minibatches. It trains.",
      fix:
        "Return the gradient itself, and keep the velocity in the update. Plain momentum can be " +
        `declared (--momentum ${mu}); Nesterov's cannot, so switch it off while you check the rest.`,
    };
  }
  if (form === "late") {
    return {
      evidence: `Each answer is v, and v = ${mu} v + g comes after it.`,
      meaning: "The velocity is used before the newest gradient is added to it, so each step is " +
        "one minibatch late.",
      fix: `Update the velocity first: ${VELOCITY[language]}.`,
    };
  }
  if (coefficient < 0 || earlier < 0) {
    return {
      evidence: form === "other"
        ? `The gradient before the newest one counts ${formatExact(earlier)} × as much as that.`
        : `Each answer is −${formatExact(-coefficient)} × the answer before plus the gradient.`,
      meaning: "Momentum has the wrong sign: each step undoes a part of those before it.",
      fix: `Keep the signs apart: ${VELOCITY[language]}.`,
    };
  }
  if (form === "other") {
    return {
      evidence: `The gradient before the newest one counts ${
        formatExact(earlier)
      } × as much as that, each one before it ${mu} × as much as the next.`,
      meaning: `The velocity is neither that of momentum of ${mu} nor Nesterov's.`,
      fix: `Momentum is ${VELOCITY[language]}.`,
    };
  }
  const share = average ? `${formatExact(Number((1 - coefficient).toPrecision(6)))} × ` : "";
  return {
    evidence: `Each answer is ${mu} × the answer before plus ${share}the gradient.`,
    meaning: "Momentum is part of the gradient; the answer depends on earlier minibatches.",
    fix: "Return the gradient itself, and keep the velocity in the update." + ifMeant(convention),
  };
}
