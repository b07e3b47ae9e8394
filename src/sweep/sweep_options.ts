import type { CodeChanged } from "../format/reason.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import type { SpeedLimit } from "../machine/speed_limit.ts";
import type { Journal } from "./journal.ts";
import type { PreparedSweep } from "./prepared_sweep.ts";
import type { SweepEvent } from "./sweep_event.ts";

export interface SweepOptions {
  readonly prepared: PreparedSweep;
  readonly done: readonly TrialRecord[];
  readonly journal: Journal;
  readonly signal?: AbortSignal;
  onEvent?(event: SweepEvent): void;
  limitOf?(cell: Cell): SpeedLimit | undefined;
  /** Runs before each trial. What it throws ends the sweep. */
  beforeTrial?(cell: Cell, round: number): Promise<void>;
  /** How the code of a cell has changed since the run began. */
  codeFault?(cell: Cell): Promise<CodeChanged | undefined>;
  /** A change fails the trials of that code, or ends the sweep so that a new one can begin. */
  readonly onCodeFault?: "fail" | "end";
  /** With `plan.crossover`: cells beyond the plan that show more exactly where the fastest changes. */
  nextCells?(trials: readonly TrialRecord[]): readonly Cell[];
  /** With `plan.resolve`: keys of the cells that need another round after these trials. */
  unresolved?(trials: readonly TrialRecord[]): ReadonlySet<string>;
}
