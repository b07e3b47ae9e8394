import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import type { Kernel, Precision, Problem } from "../gradients/contract.ts";
import type { EpochRunner } from "../gradients/epochs.ts";

/** What is watched, and with what. */
export interface AuditContext {
  readonly kernel: Kernel;
  readonly precision: Precision;
  readonly problem: Problem;
  readonly runner: EpochRunner;
  readonly rate: number;
  readonly clock: Clock;
  /** Of a seed that an implementation cannot know. */
  readonly random: Random;
  /** What an implementation has changed that is not its own, in words: the runtime's functions, the data. */
  foreignFault(rows?: Uint32Array): string | undefined;
  /** Verifies once more, with other rows; says what is wrong. */
  verifyAgain(): Promise<string | undefined>;
}
