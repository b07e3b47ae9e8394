import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { digamma, moderated, priorOf, type Spread, trigamma, trigammaInverse } from "./moderate.ts";

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

test("ψ and ψ′ have their known values", () => {
  near(digamma(1), -0.5772156649, 1e-9);
  near(digamma(0.5), -0.5772156649 - 2 * Math.LN2, 1e-9);
  near(trigamma(1), Math.PI ** 2 / 6, 1e-8);
  near(trigamma(0.5), Math.PI ** 2 / 2, 1e-8);
  for (const x of [0.2, 1, 7, 40]) near(trigammaInverse(trigamma(x)), x, 1e-6);
});

/** Estimates with 2 degrees of freedom of variances that scatter with `degrees` around `variance`. */
function estimates(variance: number, degrees: number, count: number): Spread[] {
  const random = randomFrom(count, `variances of ${degrees}`);
  const chiSquare = (n: number) =>
    Array.from({ length: n }, () => random.normal() ** 2).reduce((sum, x) => sum + x, 0);
  return Array.from({ length: count }, () => {
    const truth = degrees === Infinity ? variance : variance * degrees / chiSquare(degrees);
    return { variance: truth * chiSquare(2) / 2, degrees: 2 };
  });
}

test("the prior is found again from many estimates", () => {
  const { variance, degrees } = priorOf(estimates(0.04, 6, 20_000));
  near(variance, 0.04, 0.002);
  near(degrees, 6, 0.6);
});

test("where variances differ by chance alone, all are one", () => {
  const prior = priorOf(estimates(0.04, Infinity, 5_000));
  assert.ok(prior.degrees > 60, `${prior.degrees}`);
  near(prior.variance, 0.04, 0.002);
});

test("a moderated variance lies between its estimate and the prior, with the degrees of both", () => {
  const prior = { variance: 0.04, degrees: 6 };
  const { variance, degrees } = moderated({ variance: 0.2, degrees: 2 }, prior);
  near(variance, (2 * 0.2 + 6 * 0.04) / 8, 1e-12);
  assert.equal(degrees, 8);
});

test("without scatter, and without anything known, there is none", () => {
  assert.deepEqual(priorOf([]), { variance: 0, degrees: 0 });
  assert.equal(priorOf([{ variance: 0, degrees: 2 }, { variance: 0, degrees: 2 }]).variance, 0);
  const [one, other] = [{ variance: 0.01, degrees: 2 }, { variance: 0, degrees: 0 }];
  assert.deepEqual(moderated(other, { variance: 0.04, degrees: 6 }), {
    variance: 0.04,
    degrees: 6,
  });
  assert.equal(priorOf([one, other]).variance, 0.01);
});
