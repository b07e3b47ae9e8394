import assert from "node:assert/strict";
import test from "node:test";
import { LIKE_TRACES, TWO_PACES } from "../support/noise.ts";
import {
  curvesCovered,
  exponentsCovered,
  largestCovered,
  lawsNamed,
} from "../support/scaling_simulations.ts";

const RUNS = 1000;
const isNominal = (count: number, of: number): boolean => count >= 0.93 * of && count <= 0.97 * of;

for (const rounds of [3, 10]) {
  for (const constantShare of [0, 0.05, 0.2, 0.6]) {
    test(
      `exponents are covered in 93–97 % of 1,000 runs: ${rounds} rounds, constant ${constantShare}`,
      () => {
        for (const exponent of [1, 1.5, 2]) {
          const how = { noise: LIKE_TRACES, rounds, constantShare };
          const covered = exponentsCovered(how, exponent, RUNS);
          assert.ok(isNominal(covered, RUNS), `k = ${exponent}: ${covered} of ${RUNS}`);
        }
      },
    );
  }
}

test("exponents of an implementation of two paces are covered in 93–97 % of 1,000 runs", () => {
  for (const rounds of [3, 10]) {
    const covered = exponentsCovered({ noise: TWO_PACES, rounds, constantShare: 0 }, 1, RUNS);
    assert.ok(isNominal(covered, RUNS), `${rounds} rounds: ${covered} of ${RUNS}`);
  }
});

test("the held-out largest size lies in its interval in 93–97 % of 300 runs", () => {
  const planted = { noise: LIKE_TRACES, rounds: 3, growth: 1, constantShare: 0 };
  const covered = largestCovered(planted, 300);
  assert.ok(isNominal(covered, 300), `${covered} of 300`);
});

test("planted laws are named, and rarely wrongly", () => {
  const laws: Record<string, number | "m log m"> = {
    "m": 1,
    "m log m": "m log m",
    "m^1.5": 1.5,
    "m²": 2,
  };
  for (const [name, growth] of Object.entries(laws)) {
    const planted = { noise: LIKE_TRACES, rounds: 3, growth, constantShare: 0 };
    const { right, wrong } = lawsNamed(planted, name, 400);
    assert.ok(right >= 0.9 * 400, `${name}: ${right} of 400 named`);
    assert.ok(wrong <= 0.06 * 400, `${name}: ${wrong} of 400 named as something else`);
  }
});

test("laws that these sizes cannot distinguish are named together", () => {
  // Between 1,000 and 1,400 examples m log m is m^1.14, and three rounds know k to some tenths.
  const { right, among, wrong } = lawsNamed(
    {
      noise: LIKE_TRACES,
      rounds: 3,
      growth: 1,
      constantShare: 0,
      sizes: [1000, 1100, 1200, 1300, 1400],
    },
    "m",
    400,
  );
  const told = `${right} alone, ${among} among others, ${wrong} wrong`;
  assert.ok(among > right && wrong <= 0.06 * 400, told);
});

test("decay, floor and the held-out size are covered in 91–99 % of 200 curves with noise of 3 %", () => {
  for (
    const planted of [
      { floor: 0.05, scale: 3, decay: 0.5 },
      { floor: 0.05, scale: 40, decay: 1 },
    ]
  ) {
    const covered = curvesCovered(planted, [0.03, 0.03], 200);
    for (const [name, count] of Object.entries(covered)) {
      assert.ok(count >= 182 && count <= 198, `${name}: ${count} of 200`);
    }
  }
});
