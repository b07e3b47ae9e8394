import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Kernel, Precision, Problem } from "../gradients/contract.ts";
import type { EpochRunner } from "../gradients/epochs.ts";
import type { Fault } from "../format/fault.ts";

/** The kernel under audit, and what the audit needs. */
export interface AuditContext {
  readonly kernel: Kernel;
  readonly precision: Precision;
  readonly problem: Problem;
  readonly runner: EpochRunner;
  readonly rate: number;
  readonly clock: Clock;
  /** Seeded with a number that an implementation cannot know. */
  readonly random: Random;
  /** Says what the implementation changed that is not its own: functions of the runtime, or the data. */
  foreignFault(rows?: Uint32Array): Fault | undefined;
  /** Verifies again with other rows. */
  isRightAgain(): Promise<boolean>;
}
