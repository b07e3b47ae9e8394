import assert from "node:assert/strict";
import test from "node:test";
import { availabilityOf } from "../../src/gradients/availability.ts";
import { nativeSparse } from "../../src/gradients/native/native_sparse.ts";
import { networkOf, problemOf } from "../support/problems.ts";
import { skipFor } from "../support/skips.ts";

const answer = await availabilityOf(nativeSparse);
const skip = skipFor(!answer.available && answer.reason);

test("native_sparse opens a wide network within few of its steps", { skip }, async () => {
  const wide = problemOf(networkOf([784, 768, 768, 10]), 400, 120);
  const start = performance.now();
  const kernel = await nativeSparse.open({ ...wide, threads: 2 });
  const open = performance.now() - start;
  assert.equal(kernel.mode, "sync");
  const rows = Uint32Array.from({ length: 120 }, (_, n) => n);
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    if (kernel.mode === "sync") kernel.step!(rows, 0);
    return performance.now() - start;
  });
  await kernel[Symbol.asyncDispose]();
  // It times six; 400 would be three times as many as are allowed.
  assert.ok(open < 120 * Math.min(...times), `${open} ms, and ${times} ms for a step`);
});
