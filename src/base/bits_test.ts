import assert from "node:assert/strict";
import { test } from "node:test";
import { packBits, unpackBits } from "./bits.ts";

test("bits come back as they were packed", () => {
  for (const count of [0, 1, 7, 8, 9, 1000]) {
    const bits = Uint8Array.from({ length: count }, (_, i) => i * i % 3 === 1 ? 1 : 0);
    const back = unpackBits(packBits(bits));
    assert.deepEqual(back.subarray(0, count), bits);
    assert.ok(back.length < count + 8 && back.subarray(count).every((bit) => bit === 0));
  }
  assert.equal(packBits(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1)), "AQE=");
});
