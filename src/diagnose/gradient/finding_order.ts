import type { Finding } from "../../format/finding.ts";
import { MISTAKE_IDS } from "../words/mistake_words.ts";

/** The most important first. */
const ORDER: readonly string[] = [
  "parameters-changed",
  "non-deterministic",
  "accumulated",
  "batch-changed",
  "fails-at-lengths",
  "silent-neurons",
  "sign-reversed",
  // It may be meant, and a step that climbs may not.
  "momentum-inside",
  ...MISTAKE_IDS,
  "loss-mismatch",
  "bias-missing",
  "examples-skipped",
  "scale",
  "wrong-update",
  "overflow",
  "fails-when-large",
  "never-finite",
  "unexplained",
];

/** What overflows with large parameters alone comes last. */
export const findingOrder = (one: Finding): number =>
  one.id === "overflow" && "broken" in one && one.broken === 0
    ? ORDER.length
    : ORDER.indexOf(one.id);
