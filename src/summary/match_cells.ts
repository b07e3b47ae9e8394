import { known } from "../base/known.ts";
import { Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import type { Refusal, RefusedCell } from "../format/comparison.ts";
import { sortTrials, type UsableTrial } from "./sort_trials.ts";

/** A cell that both sides have, with its usable trials. */
export interface MatchedCell {
  readonly cell: Cell;
  readonly a: readonly UsableTrial[];
  readonly b: readonly UsableTrial[];
}

/** A verdict needs so many trials of a cell at least: one shows nothing of how much processes differ. */
export const FEWEST_TRIALS = 2;

/** Matches the cells of two lists of trials, without copies, in the order of `compare`; says why it refuses the others. */
export function matchCells(
  a: readonly TrialRecord[],
  b: readonly TrialRecord[],
  compare: (a: Cell, b: Cell) => number,
): { matched: MatchedCell[]; refused: RefusedCell[] } {
  const [ofA, ofB] = [byCell(a, compare), byCell(b, compare)];
  const cells = new Map([...ofA, ...ofB].map(([key, { cell }]) => [key, cell]));
  const matched: MatchedCell[] = [];
  const refused: RefusedCell[] = [];
  for (const [key, cell] of [...cells].sort(([, x], [, y]) => compare(x, y))) {
    const [inA, inB] = [ofA.get(key), ofB.get(key)];
    const reason: Refusal | undefined = inA && inB
      ? refusalOf(inA, inB)
      : { kind: "only-in", side: inA ? "a" : "b", ...nearest(cell, inA ? ofB : ofA) };
    if (reason) refused.push({ cell, reason });
    else matched.push({ cell, a: inA!.usable, b: inB!.usable });
  }
  return { matched, refused };
}

/** The trials of one cell on one side. */
interface Side {
  readonly cell: Cell;
  readonly all: readonly TrialRecord[];
  readonly usable: readonly UsableTrial[];
}

function byCell(
  trials: readonly TrialRecord[],
  compare: (a: Cell, b: Cell) => number,
): Map<string, Side> {
  const usable = new Map(
    sortTrials(trials, compare).cells.map((ofCell) => [cellKey(ofCell[0].cell), ofCell]),
  );
  return new Map(
    [...Map.groupBy(trials, ({ cell }) => cellKey(cell))].map(([key, all]) => [
      key,
      { cell: all[0].cell, all, usable: usable.get(key) ?? [] },
    ]),
  );
}

function refusalOf(a: Side, b: Side): Refusal | undefined {
  const [faultA, faultB] = [faultOf(a), faultOf(b)];
  if (faultA) return { kind: "faulty-before", fault: faultA };
  if (faultB && a.usable.length > 0) return { kind: "wrong", fault: faultB };
  const sides = [["a", a], ["b", b]] as const;
  for (const [side, { all, usable }] of sides) {
    if (usable.length > 0) continue;
    const reasons = all.find(({ status }) => status === "skipped")?.reasons;
    return { kind: "skipped", side, ...(reasons && { reasons }) };
  }
  const [deviceA, deviceB] = [a, b].map(({ usable }) => usable[0].device);
  if (deviceA?.name !== deviceB?.name) {
    return known({ kind: "devices" as const, a: deviceA, b: deviceB });
  }
  const few = sides.filter(([, { usable }]) => usable.length < FEWEST_TRIALS).map(([side]) => side);
  return few.length > 0 ? { kind: "few-trials", sides: few, needed: FEWEST_TRIALS } : undefined;
}

type Fault = Extract<Refusal, { kind: "wrong" }>["fault"];

function faultOf({ all, usable }: Side): Fault | undefined {
  const failed = all.find(({ status }) => status === "failed");
  if (failed) return known({ kind: "failed" as const, reasons: failed.reasons });
  return usable.some(({ verification }) => verification.verdict === "wrong")
    ? { kind: "wrong-gradient" }
    : undefined;
}

/** Where the other side has a cell that differs in a single field. */
function nearest(
  cell: Cell,
  others: ReadonlyMap<string, Side>,
): Pick<Extract<Refusal, { kind: "only-in" }>, "nearest"> {
  for (const { cell: other } of others.values()) {
    if (cell.implementation !== other.implementation || cell.examples !== other.examples) continue;
    const different = Cell.keyof().options
      .filter((field) => String(cell[field]) !== String(other[field]));
    if (different.length === 1) {
      const [field] = different;
      return { nearest: { field, value: String(other[field]) } };
    }
  }
  return {};
}
