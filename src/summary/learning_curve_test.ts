import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { fitLearningCurve } from "./learning_curve.ts";

const SIZES = [1000, 2000, 4000, 8000, 16000, 32000, 60000];
function assertNoFit(points: Parameters<typeof fitLearningCurve>[0]): void {
  const { fit, noFit } = fitLearningCurve(points);
  assert.equal(fit, undefined);
  assert.ok(noFit);
}
const points = (error: (m: number) => number, sizes = SIZES) =>
  sizes.map((examples) => ({ examples, testAccuracy: 1 - error(examples) }));

test("planted curves are found, with a floor and without", () => {
  for (const [floor, scale, decay] of [[0.04, 3, 0.5], [0, 1.2, 0.25], [0.05, 40, 1]]) {
    const { fit } = fitLearningCurve(points((m) => floor + scale * m ** -decay));
    assert.ok(fit);
    assert.ok(Math.abs(fit.floor - floor) < 1e-4, `floor ${fit.floor}`);
    assert.ok(Math.abs(fit.scale / scale - 1) < 1e-2, `scale ${fit.scale}`);
    assert.ok(Math.abs(fit.decay - decay) < 1e-3, `decay ${fit.decay}`);
    assert.ok(fit.residual < 1e-5, `residual ${fit.residual}`);
  }
});

test("the floor is never negative, though a line would want it to be", () => {
  const { fit } = fitLearningCurve(points((m) => 0.5 - 0.04 * Math.log(m)));
  assert.ok(fit);
  assert.ok(fit.floor >= 0);
});

test("noise of half a point leaves the curve close to its points", () => {
  const random = randomFrom(1, "noise");
  const { fit } = fitLearningCurve(points((m) => 0.05 + 3 * m ** -0.5 + 0.005 * random.normal()));
  assert.ok(fit);
  assert.ok(fit.residual < 0.01);
  for (const m of SIZES) {
    const error: number = fit.floor + fit.scale * m ** -fit.decay;
    assert.ok(Math.abs(error - (0.05 + 3 * m ** -0.5)) < 0.01, `at ${m}`);
  }
});

test("three sizes are too few, even if given twice", () => {
  const three = points((m) => m ** -0.3, [1000, 2000, 4000]);
  assertNoFit(three);
  assertNoFit([...three, ...three]);
  assertNoFit([]);
});

test("a network that never learned has no learning curve", () => {
  assertNoFit(points(() => 0.9013));
  const random = randomFrom(2, "never");
  assertNoFit(points(() => 0.9 + 0.002 * random.normal()));
});

test("error that grows with the subset has no learning curve", () => {
  assertNoFit(points((m) => 0.1 + 1e-6 * m));
});

test("a floor that cannot be told from none reaches down to 0, a decay without end has none", () => {
  const random = randomFrom(5, "no floor");
  const falling = points((m) => 1.2 * m ** -0.25 * Math.exp(0.01 * random.normal()));
  const { floorInterval, decayInterval } = fitLearningCurve(falling).fit!;
  assert.equal(floorInterval?.low, 0);
  assert.ok(floorInterval!.high! < 0.08);
  assert.ok(decayInterval!.low! < 0.25 && 0.25 < decayInterval!.high!);
  // One high point and a level: any steep decay goes through them.
  const level = points((m) => m === 1000 ? 0.5 : 0.08 + 0.001 * Math.sin(m));
  assert.equal(fitLearningCurve(level).fit?.decayInterval?.high, undefined);
});

test("the largest size is predicted from the others, and scored", () => {
  const { heldOut } = fitLearningCurve(
    points((m) => m === 60_000 ? 0.02 : 0.05 + 3 * m ** -0.5 + 1e-5 * Math.sin(m)),
  );
  assert.ok(heldOut);
  assert.equal(heldOut.examples, 60_000);
  assert.ok(Math.abs(heldOut.predicted.value - (0.05 + 3 * 60_000 ** -0.5)) < 1e-3);
  assert.ok(Math.abs(heldOut.error - (heldOut.predicted.value / 0.02 - 1)) < 1e-12);
  assert.equal(heldOut.isCovered, false);
});
