import assert from "node:assert/strict";
import test from "node:test";
import { fitPair, type Pair } from "./fit_pair.ts";

const at = Float64Array.from({ length: 20 }, (_, i) => i / 5 - 2);
const model = ([c, d]: Pair) => at.map((x) => 1 / (1 + Math.exp(-(c * x + d))));
const starts: Pair[] = [0.25, 1, 4].flatMap((c) => [-1, 0, 1].map((d): Pair => [c, d]));

test("two numbers inside a function are found to all digits", () => {
  const seen = model([0.37, -1.4]);
  const found = fitPair((pair) => model(pair).map((value, i) => value - seen[i]), starts);
  assert.ok(found !== undefined && found.error < 1e-9);
  assert.ok(Math.abs(found.pair[0] - 0.37) < 1e-7 && Math.abs(found.pair[1] + 1.4) < 1e-7);
});

test("a number that is fixed stays as it is", () => {
  const seen = model([2, 0.5]);
  const found = fitPair((pair) => model(pair).map((value, i) => value - seen[i]), [[2, 0]], 0);
  assert.equal(found?.pair[0], 2);
  assert.ok(Math.abs(found!.pair[1] - 0.5) < 1e-7);
});

test("where every start is impossible there is no answer", () => {
  assert.equal(fitPair(() => undefined, starts), undefined);
});
