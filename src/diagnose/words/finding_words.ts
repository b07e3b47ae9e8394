import type { Finding, FindingOf, FixedFinding, SimulatedMistake } from "../../format/finding.ts";
import { formatError, formatExact } from "../../report/numbers.ts";
import { agreementInWords, GRADIENT_WORDS } from "./gradient_words.ts";
import { explainMistake, isMistake, MISTAKE_IDS } from "./mistake_words.ts";
import { NETWORK_WORDS, networkInWords } from "./network_words.ts";
import { SCALING_WORDS } from "./scaling_words.ts";
import type { Language } from "./told.ts";
import { TRAINING_WORDS } from "./training_words.ts";
import type { Words } from "./words.ts";

const WORDS: {
  readonly [Id in FixedFinding["id"]]: (finding: FindingOf<Id>, language: Language) => Words;
} = {
  ...GRADIENT_WORDS,
  ...NETWORK_WORDS,
  ...TRAINING_WORDS,
  ...SCALING_WORDS,
};

/** "scale, layers 1, 2, 3, factor 10"; "error-for-delta, layer 1, at 784-6-5-4-10" */
export function titleOf(finding: Finding): string {
  const { id, layers, at, large } = finding;
  const factor = "factor" in finding ? finding.factor : 1;
  return id +
    (layers.length > 0 ? `, layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")}` : "") +
    (factor === 1 ? "" : `, factor ${formatExact(factor)}`) +
    (large === undefined ? "" : `, with parameters ${formatExact(large)} × as large`) +
    (at === undefined ? "" : `, at ${networkInWords(at)}`);
}

/** Throws RangeError for a mistake that the table does not have. */
export function wordsOf(finding: Finding, language: Language = "typescript"): Words {
  if (isFixed(finding)) {
    // Each entry of the table takes the finding of its own id.
    const words = WORDS[finding.id] as (finding: FixedFinding, language: Language) => Words;
    return words(finding, language);
  }
  const { id } = finding;
  if (!isMistake(id)) {
    throw new RangeError(`Cannot explain finding "${id}": it is unknown, expected a mistake`);
  }
  return { evidence: evidenceOf(finding), ...explainMistake(finding, id, language) };
}

/** How sure the formula is that was found. */
const evidenceOf = ({ id, form, agreement, value }: SimulatedMistake): string =>
  agreement
    ? `The oracle with this mistake ${agreementInWords(agreement)}`
    : id === "rounding" && value !== undefined
    ? `Gradients differ from the oracle's by a relative ${formatError(value)} at most.`
    : id === "row-weights" && form === undefined
    ? "Minibatches of at most 10 rows are sums of their rows' own gradients with unequal factors."
    : "Single rows show it; whole minibatches are not reproduced, so there is more than this.";

/** What diagnose may say about a gradient or its use, by name. */
export const GRADIENT_FINDING_IDS: readonly string[] = [
  ...MISTAKE_IDS,
  ...Object.keys(GRADIENT_WORDS),
];

/** About the gradient or its use, not about training or speed. */
export const isGradientFinding = ({ id }: Finding): boolean =>
  isMistake(id) || Object.hasOwn(GRADIENT_WORDS, id);

/** About the gradient at the network of the plan. */
export const isGradientFindingHere = (one: Finding): boolean =>
  isGradientFinding(one) && one.at === undefined;

const isFixed = (finding: Finding): finding is FixedFinding => Object.hasOwn(WORDS, finding.id);
