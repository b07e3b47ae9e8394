/** Every simulation draws from a generator of a fixed seed: its counts are the same in every run, and chance decides nothing. */
import { intervalOf, ratiosWithin } from "../../src/stats/ratio.ts";
import { choose, rivalPairs } from "../../src/summary/choose.ts";
import { estimateCell } from "../../src/summary/estimate.ts";
import { readPairs } from "../../src/summary/read_pairs.ts";
import { randomFrom } from "../../src/base/random.ts";
import { LIKE_TRACES, noisyRounds, TWO_PACES } from "./noise.ts";
import { makeTrial } from "./trials.ts";

interface ChoiceErrors {
  /** The number of runs in which any verdict is false. */
  readonly falseVerdicts: number;
  /** The number of 95 % intervals that hold the true ratio, of all. */
  readonly held: number;
  readonly intervals: number;
}

/**
 * Runs of four implementations at seven sizes: two that take the same, one that takes 1.3 times as long, and one of two
 * paces that takes three times as long. Compares the choice and its verdicts with the truth.
 */
export function choiceErrors(rounds: number, runs: number): ChoiceErrors {
  const random = randomFrom(rounds, "choices");
  const factors = [1, 1, 1.3, 3];
  // Two paces are equally likely, so the truth is the mean of their logarithms.
  const truths = [1, 1, 1.3, 3 * Math.exp(TWO_PACES.secondPace / 2)];
  const sizes = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000];
  const cells = factors.flatMap((factor, series) =>
    sizes.map((examples) => ({ factor, series, examples }))
  );
  const errors = { falseVerdicts: 0, held: 0, intervals: 0 };
  for (let run = 0; run < runs; run++) {
    const trials = noisyRounds(
      cells.map(({ factor, examples, series }) => ({
        ns: 5000 * examples * factor,
        noise: series === 3 ? TWO_PACES : LIKE_TRACES,
      })),
      rounds,
      random,
    );
    const chosen = choose(
      cells.map(({ series, examples }, i) => {
        const { nsPerEpoch } = estimateCell(trials[i], examples);
        const side = { steady: trials[i], series };
        return {
          series,
          perEpoch: side,
          inAll: side,
          total: { totalNs: nsPerEpoch.value },
          summary: {
            cell: makeTrial({ cell: { implementation: `way_${series}`, examples } }).cell,
            nsPerEpoch,
          },
          setting: "10",
        };
      }),
      0,
    );
    const pairs = rivalPairs(chosen);
    const read = readPairs(pairs, 0);
    const ratios = ratiosWithin(
      pairs.map(([{ steady: a, series }, { steady: b, series: rival }]) => ({
        a,
        b,
        kernel: `${series}|${rival}`,
        series: [`${series}`, `${rival}`] as const,
      })),
    );
    let isFalse = false;
    pairs.forEach(([choice, rival], i) => {
      const truth = truths[rival.series] / truths[choice.series];
      const [low, high] = intervalOf(ratios[i], 0.95);
      errors.intervals++;
      if (low <= truth && truth <= high) errors.held++;
      const truly = truth > 1 ? "slower" : truth < 1 ? "faster" : "same";
      const { verdict } = read(choice, rival);
      if (verdict !== "unresolved" && verdict !== truly) isFalse = true;
    });
    if (isFalse) errors.falseVerdicts++;
  }
  return errors;
}
