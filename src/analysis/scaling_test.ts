import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { medianOfMedians } from "./trial_samples.ts";
import { scalingLaw } from "./scaling.ts";

const SIZES = [1000, 2000, 4000, 8000, 16000, 32000, 60000];

test("a law without noise is found exactly", () => {
  const law = scalingLaw(SIZES.map((m) => ({ examples: m, nsPerEpoch: 50 * m ** 1.2 })));
  assert.ok(law);
  assert.ok(Math.abs(law.exponent.value - 1.2) < 1e-9);
  assert.ok(Math.abs(law.coefficientNs / 50 - 1) < 1e-9);
  assert.ok(law.residual < 1e-9);
  assert.ok(law.exponent.high - law.exponent.low < 1e-9);
  assert.deepEqual(law.sizes, SIZES);
});

test("fewer than three different sizes give no law", () => {
  const at = (m: number) => ({ examples: m, nsPerEpoch: m });
  assert.equal(scalingLaw([]), undefined);
  assert.equal(scalingLaw([at(1000), at(2000)]), undefined);
  assert.equal(scalingLaw([at(1000), at(2000), at(2000)]), undefined);
  assert.ok(scalingLaw([at(1000), at(2000), at(4000)]));
});

test("slope and interval are those of a textbook regression", () => {
  // x = ln m = 0, 1, 2, 3; y = 0, 1, 2, 4. By hand: slope 6.5/5 = 1.3, Σr² = 0.3, s² = 0.15,
  // standard error √(0.15/5) = 0.173205, t(0.975, 2) = 4.302653.
  const law = scalingLaw(
    [0, 1, 2, 4].map((y, x) => ({ examples: Math.exp(x), nsPerEpoch: Math.exp(y) })),
  );
  assert.ok(law);
  assert.ok(Math.abs(law.exponent.value - 1.3) < 1e-9);
  assert.ok(Math.abs(law.exponent.high - 1.3 - 4.302653 * 0.1732051) < 1e-5);
  assert.ok(Math.abs(law.residual - Math.sqrt(0.3 / 4)) < 1e-9);
});

for (const exponent of [0.9, 1, 1.5, 2]) {
  test(`a planted exponent of ${exponent} is covered in 93–97 % of 1,000 noisy runs`, () => {
    const random = randomFrom(1, `planted ${exponent}`);
    const runs = 1000;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const law = scalingLaw(SIZES.map((examples) => {
        const trials = [1, 2, 3].map((round) => {
          const level = 20 * examples ** exponent * Math.exp(0.03 * random.normal());
          const samples = Array.from({ length: 9 }, () => level * Math.exp(0.05 * random.normal()));
          return { round, sorted: Float64Array.from(samples).sort() };
        });
        return { examples, nsPerEpoch: medianOfMedians(trials) };
      }));
      const { low, high } = law!.exponent;
      if (low <= exponent && exponent <= high) covered++;
    }
    assert.ok(covered >= 0.93 * runs && covered <= 0.97 * runs, `${covered} of ${runs}`);
  });
}
