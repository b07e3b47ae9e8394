import type { Finding, FindingOf, FixedFinding } from "../../format/finding.ts";
import { formatExact } from "../../report/numbers.ts";
import { agreementInWords, GRADIENT_WORDS } from "./gradient_words.ts";
import { explainMistake, formInWords, isMistake } from "./mistake_words.ts";
import { SCALING_WORDS } from "./scaling_words.ts";
import { TRAINING_WORDS } from "./training_words.ts";
import type { Words } from "./words.ts";

const WORDS: { readonly [Id in FixedFinding["id"]]: (finding: FindingOf<Id>) => Words } = {
  ...GRADIENT_WORDS,
  ...TRAINING_WORDS,
  ...SCALING_WORDS,
};

/** "scale, layers 1, 2, 3, factor 10" */
export function titleOf(finding: Finding): string {
  const { id, layers } = finding;
  const factor = "factor" in finding ? finding.factor : 1;
  return id +
    (layers.length > 0 ? `, layer${layers.length > 1 ? "s" : ""} ${layers.join(", ")}` : "") +
    (factor === 1 ? "" : `, factor ${formatExact(factor)}`);
}

/** Throws RangeError for a mistake that the catalogue does not have. */
export function wordsOf(finding: Finding): Words {
  if (isFixed(finding)) {
    // Each entry of the table takes the finding of its own id.
    const words = WORDS[finding.id] as (finding: FixedFinding) => Words;
    return words(finding);
  }
  const { id, form: name, layers, agreement } = finding;
  if (!isMistake(id)) {
    throw new RangeError(`Cannot explain finding "${id}": it is unknown, expected a mistake`);
  }
  const form = name === undefined ? "" : formInWords(name);
  return {
    evidence: `The oracle with this mistake ${agreementInWords(agreement)}`,
    ...explainMistake(id, form, layers),
  };
}

const isFixed = (finding: Finding): finding is FixedFinding => Object.hasOwn(WORDS, finding.id);
