import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFrom } from "../base/random.ts";
import { findSteps } from "./steps.ts";

/** A trend whose times lie around e^level ms. */
const trend = (logs: readonly number[], yardsticks?: readonly number[]) =>
  logs.map((log, run) => {
    const nsPerEpoch = 1e6 * Math.exp(log);
    return {
      run,
      nsPerEpoch,
      low: nsPerEpoch,
      high: nsPerEpoch,
      trials: 3,
      ...(yardsticks && { yardstickNs: 1e5 * Math.exp(yardsticks[run]) }),
    };
  });

const noise = (n: number, deviation: number, seed: number): number[] => {
  const random = randomFrom(seed, "history");
  return Array.from({ length: n }, () => deviation * random.normal());
};

test("of 1,000 histories in which nothing changes at most 4 % have a step", () => {
  for (const runs of [6, 12, 40]) {
    let found = 0;
    for (let seed = 0; seed < 1000; seed++) {
      if (findSteps(trend(noise(runs, 0.05, seed)))!.length > 0) found++;
    }
    assert.ok(found <= 40, `${found} of ${runs} runs each`);
  }
});

test("a step is found where it is, with its ratio; two steps are found, however far apart", () => {
  const logs = noise(30, 0.02, 1).map((log, i) => log + (i < 10 ? 0 : i < 20 ? -0.7 : -3));
  const steps = findSteps(trend(logs))!;
  assert.deepEqual(steps.map(({ before, after }) => [before, after]), [[9, 10], [19, 20]]);
  assert.ok(Math.abs(Math.log(steps[0].ratio) + 0.7) < 0.03, `${steps[0].ratio}`);
  assert.ok(Math.abs(Math.log(steps[1].ratio) + 2.3) < 0.03, `${steps[1].ratio}`);
});

test("one run at another level is no step, two are", () => {
  const at = (places: readonly number[]) =>
    findSteps(trend(noise(20, 0.02, 2).map((log, i) => log + (places.includes(i) ? 0.5 : 0))))!;
  assert.deepEqual(at([12]), []);
  assert.deepEqual(at([18, 19]).map(({ after }) => after), [18]);
});

test("levels within 3 % are one", () => {
  const logs = noise(40, 0.001, 3).map((log, i) => log + (i < 20 ? 0 : 0.025));
  assert.deepEqual(findSteps(trend(logs)), []);
});

test("the machine is the cause where its yardstick moves with it, else the code", () => {
  const logs = noise(20, 0.02, 4).map((log, i) => log + (i < 10 ? 0 : 0.4));
  const cause = (yardsticks?: number[]) =>
    findSteps(trend(logs, yardsticks))!.map((one) => one.cause);
  assert.deepEqual(cause(), ["unknown"]);
  assert.deepEqual(cause(logs.map((_, i) => i < 10 ? 0 : 0.35)), ["machine"]);
  assert.deepEqual(cause(logs.map(() => 0)), ["code"]);
  // A machine that got faster does not make anything slower.
  assert.deepEqual(cause(logs.map((_, i) => i < 10 ? 0 : -0.35)), ["code"]);
});

test("of fewer than six runs nothing is said", () => {
  assert.equal(findSteps(trend([0, 0, 0, 5, 5])), undefined);
  assert.notEqual(findSteps(trend([0, 0, 0, 5, 5, 5])), undefined);
});
