import { InputError } from "../base/errors.ts";
import type { PlanInput } from "../format/plan.ts";
import { DEFAULTS } from "../sweep/presets.ts";

/** How long a scheduler lets one shard run. */
export interface TimeLimit {
  readonly seconds: number;
  /** The plan's budget, from which it follows; absent where the user gave the limit. */
  readonly budgetSeconds?: number;
}

/** To start, to read the data and to ask every program what it can do. */
const START_SECONDS = 300;
/** Beyond the budget, as a share of it: the machine's ceilings, and trials that were begun within it. */
const MORE = 0.5;
/** Longer limits are typing errors: clusters allow days or weeks. */
const LONGEST_SECONDS = 366 * 86_400;

/**
 * The time limit that the user gave, or one within which a shard ends by itself. A shard has the budget of the whole
 * plan at most. Throws InputError for a limit that no scheduler takes.
 */
export function timeLimit(plan: PlanInput, given: number | undefined): TimeLimit {
  const { budgetSeconds = 0, trialTimeoutSeconds = 0 } = { ...DEFAULTS, ...plan };
  const wanted = given ?? budgetSeconds * (1 + MORE) + trialTimeoutSeconds + START_SECONDS;
  if (!(wanted <= LONGEST_SECONDS)) {
    throw new InputError(
      `Cannot ask for ${Math.round(wanted / 86_400)} days for a shard: expected at most ${
        LONGEST_SECONDS / 86_400
      }`,
      given === undefined ? "give the plan a smaller budget, or name a --time" : "name a --time",
    );
  }
  // Slurm counts minutes.
  const seconds = 60 * Math.ceil(wanted / 60);
  return given === undefined ? { seconds, budgetSeconds } : { seconds };
}

/** "1-02:30:00", as Slurm writes days, hours, minutes and seconds. */
export function slurmTime(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return `${days > 0 ? `${days}-` : ""}${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
}

/** Where the limit comes from, as a comment in a script says it. */
export const limitText = ({ budgetSeconds }: TimeLimit): string =>
  budgetSeconds === undefined
    ? "as --time says"
    : `half as much again as the plan's budget of ${budgetSeconds} s, the time-out of a trial, and ${
      START_SECONDS / 60
    } minutes to start`;
