import assert from "node:assert/strict";
import test from "node:test";
import { LIKE_TRACES, TWO_PACES } from "../support/noise.ts";
import { breaksFound, SIZES } from "../support/scaling_simulations.ts";

const RUNS = 300;
const series = { noise: LIKE_TRACES, rounds: 3, growth: 1, constantShare: 0 };
const THIRTEEN = Array.from({ length: 13 }, (_, i) => Math.round(1000 * 2 ** (i / 2)));

test("a break of 30 % is found where it is", () => {
  for (const [sizes, rounds, least] of [[SIZES, 3, 0.6], [SIZES, 10, 0.9], [THIRTEEN, 3, 0.9]]) {
    const how = { ...series, sizes: sizes as number[], rounds: rounds as number };
    const found = breaksFound(how, { place: 3, factor: 1.3 }, RUNS);
    const right = found.filter((place) => place === 3).length;
    const wrong = found.filter((place) => place !== undefined && place !== 3).length;
    assert.ok(right >= (least as number) * RUNS, `${rounds} rounds: ${right} of ${RUNS}`);
    assert.ok(wrong <= 0.03 * RUNS, `${rounds} rounds: ${wrong} elsewhere`);
  }
});

test("where there is no break, at most 5 % of laws have one, with a constant or without", () => {
  for (const noise of [LIKE_TRACES, TWO_PACES]) {
    for (const sizes of [SIZES, THIRTEEN]) {
      for (const constantShare of [0, 0.2]) {
        const how = { ...series, noise, sizes, constantShare };
        const found = breaksFound(how, { place: 3, factor: 1 }, RUNS)
          .filter((place) => place !== undefined);
        assert.ok(found.length <= 0.05 * RUNS, `${sizes.length} sizes: ${found.length} of ${RUNS}`);
      }
    }
  }
});
