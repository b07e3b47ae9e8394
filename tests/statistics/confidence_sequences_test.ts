import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../../src/base/random.ts";
import { medianSequence } from "../../src/stats/confidence_sequence.ts";
import { LIKE_TRACES, TWO_PACES } from "../support/noise.ts";
import { lookUntilResolved } from "../support/comparison_simulations.ts";

/** How many of 1,000 sequences of 60 values ever have an interval without the median, 0. */
function sequencesThatMiss(next: (random: ReturnType<typeof randomFrom>) => number): number {
  const random = randomFrom(1, "sequences");
  let missed = 0;
  for (let run = 0; run < 1000; run++) {
    const values: number[] = [];
    for (let n = 1; n <= 60; n++) {
      values.push(next(random));
      const [low, high] = medianSequence(values, 0.05);
      if (low > 0 || high < 0) {
        missed++;
        break;
      }
    }
  }
  return missed;
}

test("looked at after every one of 60 values, at most 5 % of 1,000 sequences ever miss the median", () => {
  const counts = {
    heavyTails: sequencesThatMiss((random) => random.normal() / Math.abs(random.normal())),
    // The median is 0, and 40 % of all values are equal to it; the rest lies far to one side more often.
    ties: sequencesThatMiss((random) => {
      const u = random.uniform();
      return u < 0.4 ? 0 : u < 0.5 ? -1 : 1;
    }),
    tiesAtTheEdge: sequencesThatMiss((random) => random.uniform() < 0.5 ? 0 : 1),
  };
  for (const [name, count] of Object.entries(counts)) {
    assert.ok(count <= 50, `${name}: ${count} of 1000`);
  }
  // Not by never excluding anything: 0 is the end of half of all values here.
  assert.ok(counts.tiesAtTheEdge > 0);
});

for (const [name, noise] of Object.entries({ "one pace": LIKE_TRACES, "two paces": TWO_PACES })) {
  for (const threshold of [0, 0.02]) {
    test(`of 1,000 comparisons of a thing with itself, looked at 60 times, at most 5 % give a false verdict at ${threshold}: ${name}`, () => {
      const verdicts = lookUntilResolved(1, noise, { threshold, most: 60 }, 1000)
        .filter(({ verdict }) => verdict === "slower" || verdict === "faster");
      assert.ok(verdicts.length <= 50, `${verdicts.length} of 1000`);
    });
  }
}

test("a slowdown of 5 % is found at a threshold of 2 %, and never called the same or faster", () => {
  const outcomes = lookUntilResolved(1.05, LIKE_TRACES, { threshold: 0.02, most: 150 }, 500);
  assert.deepEqual([...new Set(outcomes.map(({ verdict }) => verdict))].sort(), [
    "slower",
    "unresolved",
  ]);
  const found = outcomes.filter(({ verdict }) => verdict === "slower");
  assert.ok(found.length > 450, `${found.length} of 500`);
});
