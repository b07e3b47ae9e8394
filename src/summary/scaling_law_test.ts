import assert from "node:assert/strict";
import test from "node:test";
import { scalingLaw } from "./scaling_law.ts";

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

test("a constant per epoch is found, and reported only where it differs from none", () => {
  const at = (constant: number, wobble: number) =>
    scalingLaw(SIZES.map((m, i) => ({
      examples: m,
      nsPerEpoch: (constant + 50 * m ** 1.5) * Math.exp(wobble * [1, -2, 1, 0, 2, -1, -1][i]),
    })))!;
  const exact = at(4e5, 0);
  assert.ok(Math.abs(exact.constantNs! / 4e5 - 1) < 1e-3, String(exact.constantNs));
  assert.ok(Math.abs(exact.exponent.value - 1.5) < 1e-4, String(exact.exponent.value));
  assert.ok(Math.abs(exact.coefficientNs / 50 - 1) < 1e-3, String(exact.coefficientNs));
  assert.ok(at(4e5, 0.005).constantNs! > 0);
  const noisy = at(1e4, 0.03);
  assert.equal(noisy.constantNs, undefined);
  assert.ok(noisy.exponent.low < 1.5 && 1.5 < noisy.exponent.high);
});

test("with four sizes the law is a line in log-log", () => {
  const law = scalingLaw([1000, 2000, 4000, 8000].map((m) => ({
    examples: m,
    nsPerEpoch: 1e6 + 50 * m,
  })))!;
  assert.equal(law.constantNs, undefined);
  assert.equal(law.growth, undefined);
  assert.ok(law.exponent.value < 0.5);
});

test("an interval that holds 1.5 and 2 leaves both open", () => {
  // As measured of a law of m^1.5 while other programs kept all cores busy.
  const perRoot = [5.42, 11.81, 12, 8.48, 12.01, 11.44, 13.12];
  const law = scalingLaw([64, 100, 144, 256, 400, 676, 1024].map((m, i) => ({
    examples: m,
    nsPerEpoch: 1000 * perRoot[i] * m ** 1.5,
  })))!;
  assert.ok(law.exponent.low < 1.5 && 2 < law.exponent.high);
  assert.deepEqual(law.growth?.names, ["m²", "m^1.5"]);
});
