import type { Unmeasured } from "../format/ceilings.ts";
import type { Plan } from "../format/plan.ts";
import type { Cell, RuntimeName, TrialRecord } from "../format/trial_record.ts";

/** What a sweep tells while it goes on. */
export type SweepEvent =
  | { readonly type: "ceilings" }
  | {
    readonly type: "unmeasured";
    readonly runtime: RuntimeName;
    readonly unmeasured: Unmeasured;
  }
  | {
    readonly type: "planned";
    readonly plan: Plan;
    readonly trials: number;
    readonly alreadyDone: number;
  }
  /** Another round of the unresolved cells begins; `trials` counts all rounds so far. */
  | { readonly type: "extended"; readonly trials: number; readonly openCells: number }
  /** Cells beyond the plan are measured; `trials` counts all so far and theirs. */
  | { readonly type: "beyond"; readonly trials: number; readonly cells: readonly Cell[] }
  | { readonly type: "pilot"; readonly cell: Cell }
  | { readonly type: "started"; readonly cell: Cell; readonly round: number }
  /** A plug-in wrote this to its console. */
  | { readonly type: "log"; readonly cell: Cell; readonly line: string }
  | { readonly type: "recorded"; readonly record: TrialRecord };
