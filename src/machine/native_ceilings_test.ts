import assert from "node:assert/strict";
import { test } from "node:test";
import { availabilityOf } from "../gradients/availability.ts";
import { nativeSparse } from "../gradients/native/native_sparse.ts";
import { nativeCeilings } from "./native_ceilings.ts";

const answer = await availabilityOf(nativeSparse);
const skip = answer.available ? false : answer.reason;

test("native loops give a rate for one and for all threads, and for every buffer", {
  skip,
}, async () => {
  const found = await nativeCeilings(2, [64 * 1024, 2 ** 20], 5e6);
  assert.ok(!("unavailable" in found));
  assert.deepEqual(found.arithmetic.map(({ threads }) => threads), [1, 2]);
  assert.deepEqual(
    found.reads.map(({ threads, bufferBytes }) => [threads, bufferBytes]),
    [[1, 64 * 1024], [1, 2 ** 20], [2, 64 * 1024], [2, 2 ** 20]],
  );
  // No loop was left out by the compiler, and each ran: from slow single steps to far beyond any processor.
  for (const { flopPerSecond } of found.arithmetic) {
    assert.ok(flopPerSecond > 1e6 && flopPerSecond < 1e14, String(flopPerSecond));
  }
  for (const { bytesPerSecond } of found.reads) {
    assert.ok(bytesPerSecond > 1e6 && bytesPerSecond < 1e14, String(bytesPerSecond));
  }
});
