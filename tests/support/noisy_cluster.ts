import type { Random } from "../../src/base/random.ts";
import { mean } from "../../src/stats/statistics.ts";
import type { TrialSamples } from "../../src/stats/trial_samples.ts";
import { LIKE_TRACES, type Noise, noisyRounds } from "./noise.ts";

/** What a made-up cluster is like. Shares and chances are 0 to 1, deviations natural logs. */
export interface Cluster {
  readonly nodes: number;
  /** On each node. */
  readonly rounds: number;
  /** Deviation of what a program takes on a node, beyond the node's pace: the same at all sizes. */
  readonly interaction: number;
  /** The slowest node takes at most so many times as long as the fastest; absent: 2. */
  readonly paces?: number;
  /** Noise of the trials on one node, and its drift; absent: `ON_NODE`. */
  readonly noise?: Noise;
  /** Chance that a shard is missing. */
  readonly missing?: number;
  /** Chance that a trial failed. */
  readonly failed?: number;
}

/** The noise of the traces, on a node that wanders by up to 5 % around its own pace. */
export const ON_NODE: Noise = { ...LIKE_TRACES, driftLimit: Math.log(1.05) };

/** A cell of a made-up run. */
export interface Planned {
  readonly program: number;
  readonly examples: number;
  /** ns per epoch on a node of pace 1. */
  readonly ns: number;
}

interface Measured {
  /** By cell: trials of all nodes. */
  readonly trials: readonly (readonly (TrialSamples & { readonly node: string })[])[];
  /** ln of the pace around which each node wandered, and of the mean pace that it had; missing shards lack. */
  readonly paces: ReadonlyMap<string, { readonly own: number; readonly had: number }>;
}

/** Samples of a trial. */
const SAMPLES = 9;

const nameOf = (node: number): string => `n${node + 1}`;

/** Measures all cells on all nodes; a node's rounds are numbered as those of a shard. */
export function measure(cells: readonly Planned[], cluster: Cluster, random: Random): Measured {
  const { nodes, rounds, interaction, paces: range = 2, missing = 0, failed = 0 } = cluster;
  const noise = cluster.noise ?? ON_NODE;
  const programs = Math.max(...cells.map(({ program }) => program)) + 1;
  const trials = cells.map((): (TrialSamples & { readonly node: string })[] => []);
  const paces = new Map<string, { own: number; had: number }>();
  for (let i = 0; i < nodes; i++) {
    const node = nameOf(i);
    const pace = (random.uniform() - 0.5) * Math.log(range);
    const own = Array.from({ length: programs }, () => interaction * random.normal());
    // Two nodes at least measured something.
    const isMissing = i > 1 && random.uniform() < missing;
    const there = noisyRounds(
      cells.map(({ ns, program }) => ({ ns: ns * Math.exp(pace + own[program]), noise })),
      rounds,
      random,
      SAMPLES,
    );
    if (isMissing) continue;
    const wandered = mean(there.flat().map(({ machine }) => Math.log(machine)));
    paces.set(node, { own: pace, had: pace + wandered });
    there.forEach((ofCell, cell) => {
      for (const { round, sorted } of ofCell) {
        if (random.uniform() >= failed) {
          trials[cell].push({ round: i + 1 + (round - 1) * nodes, node, sorted });
        }
      }
    });
  }
  return { trials, paces };
}
