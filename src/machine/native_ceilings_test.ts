import assert from "node:assert/strict";
import { test } from "node:test";
import { availabilityOf } from "../gradients/availability.ts";
import { nativeSparse } from "../gradients/native/native_sparse.ts";
import { nativeCeilings } from "./native_ceilings.ts";

const answer = await availabilityOf(nativeSparse);
const skip = answer.available ? false : answer.reason;

test("native loops give rates for one and for all threads, and for every buffer", {
  skip,
}, async () => {
  const found = await nativeCeilings(2, [64 * 1024, 2 ** 20], 5e6);
  assert.ok(!("unavailable" in found));
  // What a busy machine does not show is left out.
  const kinds = [
    ...found.arithmetic.map(({ threads }) => `${threads}`),
    ...found.reads.map(({ threads, bufferBytes }) => `${threads} ${bufferBytes}`),
  ];
  const all = ["1", "2", "1 65536", "1 1048576", "2 65536", "2 1048576"];
  assert.deepEqual(kinds, all.filter((kind) => kinds.includes(kind)));
  // No loop was left out by the compiler, and each ran: from slow single steps to far beyond any processor.
  for (const { flopPerSecond } of found.arithmetic) {
    assert.ok(flopPerSecond > 1e6 && flopPerSecond < 1e14, String(flopPerSecond));
  }
  for (const { bytesPerSecond } of found.reads) {
    assert.ok(bytesPerSecond > 1e6 && bytesPerSecond < 1e14, String(bytesPerSecond));
  }
});
