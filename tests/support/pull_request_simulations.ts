/** Every simulation draws from a generator of a fixed seed: its counts are the same in every run, and chance decides nothing. */
import { type Pair, pairedLogRatios, ratiosWithin } from "../../src/stats/ratio.ts";
import { median } from "../../src/stats/statistics.ts";
import { ALPHA, judge } from "../../src/stats/verdict.ts";
import { randomFrom } from "../../src/base/random.ts";
import { LIKE_TRACES, noisyRounds } from "./noise.ts";

/** A pull request, measured as the action does: the base version, the proposal and its twin in the same rounds. */
export interface PullRequest {
  /** Time of the proposal / of the base. */
  readonly ratio: number;
  /** Deviation of processes, natural log: how much a machine scatters. */
  readonly process: number;
  readonly programs: number;
  readonly rounds: number;
  readonly threshold: number;
}

/** In how many of `runs` pull requests any program is called slower. */
export function slowerPullRequests(
  { ratio, process, programs, rounds, threshold }: PullRequest,
  runs: number,
): number {
  const random = randomFrom(rounds, `pull requests of ${ratio} at ${process}`);
  const noise = { ...LIKE_TRACES, process };
  const cells = Array.from({ length: programs }, () => [
    { ns: 1e6, noise },
    { ns: ratio * 1e6, noise },
  ]).flat();
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const trials = noisyRounds([...cells, { ns: ratio * 1e6, noise }], rounds, random);
    const twin = trials[cells.length];
    const floor = Math.exp(Math.abs(median(pairedLogRatios(trials[1], twin)))) - 1;
    const pairs = Array.from({ length: programs }, (_, i): Pair => ({
      a: trials[2 * i],
      b: trials[2 * i + 1],
      kernel: `${i}`,
    }));
    const judged = judge(ratiosWithin(pairs), {
      threshold: Math.max(threshold, floor),
      alpha: ALPHA,
    });
    if (judged.some(({ verdict }) => verdict === "slower")) count++;
  }
  return count;
}
