import { type Cell, cellKey, type TrialRecord } from "../format/trial_record.ts";
import type { RefusedCell } from "../format/comparison.ts";
import { sortTrials, type UsableTrial } from "./sort_trials.ts";

/** A cell that both sides have, with what there is of it to compare. */
export interface MatchedCell {
  readonly cell: Cell;
  readonly a: readonly UsableTrial[];
  readonly b: readonly UsableTrial[];
}

export interface Matching {
  readonly matched: readonly MatchedCell[];
  readonly refused: readonly RefusedCell[];
}

/** Trials of a cell that a verdict needs at least: one tells nothing about how much processes differ. */
const FEWEST_TRIALS = 2;

/**
 * Pairs the cells of two lists of trials (of cells without copies) that are the same cell, in the order of
 * `compare`; of the others, why there is nothing to compare.
 */
export function matchCells(
  a: readonly TrialRecord[],
  b: readonly TrialRecord[],
  compare: (a: Cell, b: Cell) => number,
): Matching {
  const [ofA, ofB] = [byCell(a, compare), byCell(b, compare)];
  const cells = new Map([...ofA, ...ofB].map(([key, { cell }]) => [key, cell]));
  const matched: MatchedCell[] = [];
  const refused: RefusedCell[] = [];
  for (const [key, cell] of [...cells].sort(([, x], [, y]) => compare(x, y))) {
    const [inA, inB] = [ofA.get(key), ofB.get(key)];
    const refusal = !inB
      ? { kind: "only-in-a" as const, reason: `only in A${nearest(cell, ofB, "B")}` }
      : !inA
      ? { kind: "only-in-b" as const, reason: `only in B${nearest(cell, ofA, "A")}` }
      : refusalOf(inA, inB);
    if (refusal) refused.push({ cell, ...refusal });
    else matched.push({ cell, a: inA!.usable, b: inB!.usable });
  }
  return { matched, refused };
}

/** All trials of one cell on one side. */
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

function refusalOf(a: Side, b: Side): Omit<RefusedCell, "cell"> | undefined {
  const [faultA, faultB] = [faultOf(a), faultOf(b)];
  if (faultA) return { kind: "not-measured", ...faultA, reason: `${faultA.reason} in A` };
  if (faultB && a.usable.length > 0) {
    return { kind: "wrong", ...faultB, reason: `${faultB.reason} in B, right in A` };
  }
  for (const [side, name] of [[a, "A"], [b, "B"]] as const) {
    if (side.usable.length === 0) {
      const { reasons } = side.all.find(({ status }) => status === "skipped") ?? {};
      return { kind: "not-measured", reason: `skipped in ${name}`, ...(reasons && { reasons }) };
    }
  }
  const devices = [a, b].map(({ usable }) => usable[0].device ?? "the processor");
  if (devices[0] !== devices[1]) {
    return { kind: "not-measured", reason: `${devices[0]} computed in A, ${devices[1]} in B` };
  }
  const few = ([[a, "A"], [b, "B"]] as const)
    .filter(([{ usable }]) => usable.length < FEWEST_TRIALS).map(([, name]) => name);
  if (few.length > 0) {
    return {
      kind: "few-trials",
      reason:
        `a single trial in ${few.join(" and in ")}: it takes ${FEWEST_TRIALS} to see how much ` +
        "processes differ",
    };
  }
}

/** Why a side gives no right gradient: one wrong or failed trial is enough. */
function faultOf({ all, usable }: Side): Pick<RefusedCell, "reason" | "reasons"> | undefined {
  const failed = all.find(({ status }) => status === "failed");
  if (failed) return { reason: "failed", ...(failed.reasons && { reasons: failed.reasons }) };
  return usable.some(({ verification }) => verification.verdict === "wrong")
    ? { reason: "its gradient is wrong" }
    : undefined;
}

/** "; B has it with seed 2", where the other side has a cell that differs in a single field. */
function nearest(cell: Cell, others: ReadonlyMap<string, Side>, name: string): string {
  for (const { cell: other } of others.values()) {
    if (cell.implementation !== other.implementation || cell.examples !== other.examples) continue;
    const different = FIELDS.filter(([field]) => String(cell[field]) !== String(other[field]));
    if (different.length === 1) {
      const [[field, called]] = different;
      return `; ${name} has it with ${called} ${String(other[field])}`;
    }
  }
  return "";
}

/** In which a cell may differ from its like, and what to call it. */
const FIELDS = [
  ["seed", "seed"],
  ["batchSize", "B ="],
  ["threads", "threads"],
  ["precision", "precision"],
  ["runtime", "runtime"],
  ["layerSizes", "layers"],
  ["hiddenActivation", "activation"],
  ["outputLoss", "loss"],
] as const;
