import type { Finding } from "../../format/finding.ts";
import { isAdvice } from "../scaling/scaling_findings.ts";
import { isGradientRead } from "../diagnose_cell.ts";
import { isGradientFinding } from "../words/finding_words.ts";
import { type Verdict, verdictOf } from "../verdict.ts";
import type { ExaminedProgram } from "./examine_many.ts";

/** What became of a program: its verdict, that it does not train well, or that there is no answer. */
export type Outcome = Verdict | "needs-a-change" | "not-examined" | "skipped";

/** What a teacher reads first. */
const ORDER: readonly Outcome[] = [
  "wrong",
  "not-reproducible",
  "wrong-update",
  "wrong-elsewhere",
  "right-until-large",
  "right-for-another-convention",
  "right-up-to-a-constant",
  "needs-a-change",
  "not-examined",
  "skipped",
  "right",
];

export interface MistakeClass {
  readonly id: Finding["id"];
  readonly programs: number;
}

export interface Totals {
  readonly programs: number;
  /** Nothing is wrong with what was examined. */
  readonly right: number;
  readonly notExamined: number;
  readonly skipped: number;
  /** The commonest first; a program counts in each class that it has a fault of. */
  readonly classes: readonly MistakeClass[];
}

/** What a wrong gradient comes to in training: no kind of mistake of its own. */
const SYMPTOMS: ReadonlySet<string> = new Set([
  "accuracy-at-chance",
  "loss-flat",
  "loss-exploding",
]);

/** The faults without what another one explains. */
export function causesOf(one: ExaminedProgram): Finding[] {
  const faults = faultsOf(one);
  return faults.some(isGradientFinding) ? faults.filter(({ id }) => !SYMPTOMS.has(id)) : faults;
}

/** The most important first, without advice. */
export const faultsOf = ({ diagnosis }: ExaminedProgram): Finding[] =>
  diagnosis?.findings.filter((one) => !isAdvice(one)) ?? [];

export function outcomeOf(one: ExaminedProgram): Outcome {
  const { diagnosis, skipped } = one;
  if (skipped) return "skipped";
  if (!diagnosis) return "not-examined";
  const isUnread = diagnosis.examined.includes("gradient") && !isGradientRead(diagnosis);
  if (isUnread) return "not-examined";
  const faults = faultsOf(one);
  const verdict = verdictOf(faults);
  if (verdict !== "right") return verdict;
  if (faults.length > 0) return "needs-a-change";
  return diagnosis.failures.length > 0 || diagnosis.interrupted ? "not-examined" : "right";
}

/** Programs with equal causes stand together, the worst first. */
export function sorted(programs: readonly ExaminedProgram[]): ExaminedProgram[] {
  const { classes } = totalsOf(programs);
  const placeOf = (one: ExaminedProgram) => {
    const [first] = faultsOf(one);
    return first ? classes.findIndex(({ id }) => id === first.id) : classes.length;
  };
  const outcomes = new Map(programs.map((one) => [one, ORDER.indexOf(outcomeOf(one))]));
  return [...programs].sort((a, b) =>
    outcomes.get(a)! - outcomes.get(b)! || placeOf(a) - placeOf(b) ||
    a.file.localeCompare(b.file, undefined, { numeric: true }) ||
    (a.program ?? "").localeCompare(b.program ?? "")
  );
}

export function totalsOf(programs: readonly ExaminedProgram[]): Totals {
  const counts = new Map<Finding["id"], number>();
  for (const one of programs) {
    for (const id of new Set(causesOf(one).map(({ id }) => id))) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  const having = (outcome: Outcome) => programs.filter((one) => outcomeOf(one) === outcome).length;
  return {
    programs: programs.length,
    right: having("right"),
    notExamined: having("not-examined"),
    skipped: having("skipped"),
    classes: [...counts].map(([id, programs]) => ({ id, programs }))
      .sort((a, b) => b.programs - a.programs),
  };
}
