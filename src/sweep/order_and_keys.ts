import { type Cell, cellKey } from "../format/trial_record.ts";
import { flopPerExample } from "../model/flop.ts";

/** Small subsets first; of one size, the network that costs most. */
export const cheapSubsetFirst = (a: Cell, b: Cell): number =>
  a.examples - b.examples || flopPerExample(b).total - flopPerExample(a).total;

/** Cells of the same code in the same runtime: if one cannot run, none can. */
export const programOf = ({ implementation, runtime, copy }: Cell): string =>
  [implementation, runtime, copy === "reference"].join("|");

/** Key of the cell that this one copies: both get the same rounds. */
export const originalKey = ({ copy: _, ...cell }: Cell): string => cellKey(cell);

export const trialKey = (cell: Cell, round: number): string => `${cellKey(cell)}#${round}`;

export const roundsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
