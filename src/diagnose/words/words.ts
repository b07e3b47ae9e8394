import type { FindingOf, FixedFinding } from "../../format/finding.ts";
import type { Language } from "./told.ts";

/** A finding in sentences for someone who learns. */
export interface Words {
  /** What was seen, with its figures. */
  readonly evidence: string;
  /** What is wrong, and what it does. */
  readonly meaning: string;
  /** What to change. */
  readonly fix: string;
}

export type WordsTable = {
  readonly [Id in FixedFinding["id"]]?: (finding: FindingOf<Id>, language: Language) => Words;
};
