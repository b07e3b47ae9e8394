import { randomFrom } from "../../src/base/random.ts";
import type { Cell, TrialRecord } from "../../src/format/trial_record.ts";
import type { NamedRun } from "../../src/summary/noise_floor.ts";
import { makeRun, makeTrial, type RunOverrides } from "./trials.ts";

/** How a made-up run of four kernels × three sizes × three rounds goes. */
export interface Story {
  /** Times of everything, yardsticks too: the machine. */
  readonly machine?: number;
  /** The yardstick's part of that slowness, as a power: 0.6, it suffers less than the kernels. */
  readonly seen?: number;
  /** Times of the kernels alone, whatever their cell: the code. */
  readonly code?: (cell: Cell) => number;
  readonly yardstick?: boolean;
  /** Standard deviation of a trial's level. */
  readonly spread?: number;
  readonly overrides?: RunOverrides;
  readonly change?: (trial: TrialRecord) => TrialRecord | undefined;
}

const NAMES = ["naive_loop", "outer_product", "fused_typed", "sparse_typed"];
const SIZES = [1000, 2000, 4000];
const YARDSTICK_NS = 1e6;

/** A run of which only what is told differs; the same seed gives the same scatter. */
export function story(seed: number, told: Story = {}): NamedRun {
  const { machine = 1, code = () => 1, yardstick = true, spread = 0.015, seen = 1 } = told;
  const random = randomFrom(seed, "story");
  const trials: TrialRecord[] = [];
  for (const round of [1, 2, 3]) {
    for (const implementation of NAMES) {
      for (const examples of SIZES) {
        const plain = makeTrial({ cell: { implementation, examples }, round });
        const level = machine * Math.exp(spread * random.normal());
        const factor = level * code(plain.cell) * Math.exp(0.004 * random.normal());
        const trial = makeTrial({
          cell: plain.cell,
          round,
          samplesNs: Array.from(
            { length: 9 },
            () => 1e4 * examples * factor * (1 + 0.01 * random.uniform()),
          ),
          epochsPerSample: 1,
          interference: yardstick
            ? { yardstickNs: Array.from({ length: 3 }, () => YARDSTICK_NS * level ** seen) }
            : {},
        });
        const changed = told.change ? told.change(trial) : trial;
        if (changed) trials.push(changed);
      }
    }
  }
  const run = makeRun({
    ...told.overrides,
    plan: { implementations: NAMES, sizes: SIZES, ...told.overrides?.plan },
  });
  return { name: `run-${seed}`, run, trials };
}
