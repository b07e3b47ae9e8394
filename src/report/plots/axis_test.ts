import assert from "node:assert/strict";
import { test } from "node:test";
import { durationAxis, logAxis, withRoom } from "./axis.ts";
import { fitting, widthOf } from "./text_width.ts";

test("labels of a time axis do not touch, and the roundest stay", () => {
  for (const [low, high] of [[5e7, 2.1e8], [2.2e7, 9.9e7], [8e6, 1.3e7], [1e3, 1e10]]) {
    const axis = durationAxis("", [low, high]);
    const ticks = withRoom(axis, 508);
    assert.ok(ticks.length >= 2, `${low} to ${high}: ${ticks}`);
    const [from, to] = axis.domain.map(Math.log);
    const edges = ticks.map((tick) => {
      const middle = (Math.log(tick) - from) / (to - from) * 508;
      const half = widthOf(axis.format(tick)) / 2;
      return [middle - half, middle + half];
    });
    edges.slice(1).forEach(([left], i) => assert.ok(left - edges[i][1] >= 8, `${ticks}`));
    for (const tick of axis.ticks.filter((one) => /^10*$/.test(String(one)))) {
      assert.ok(ticks.includes(tick), `${tick} of ${ticks}`);
    }
  }
  assert.deepEqual(withRoom(logAxis("", [1, 1000]), 600), [1, 10, 100, 1000]);
});

test("a text that is too long ends in …, and one that fits is as it was", () => {
  assert.equal(fitting("naive_loop", 100), "naive_loop");
  const short = fitting("x".repeat(200), 100);
  assert.match(short, /^x+…$/);
  // Parts of a label differ at its end.
  const label = fitting("native_sparse · 784-16-16-10 · B = 1000", 170);
  assert.match(label, /^native_spar.*… · B = 1000$/);
  assert.ok(widthOf(label) <= 170);
  assert.ok(widthOf(short) <= 100);
  assert.ok(!/[\ud800-\udfff]…/.test(fitting("a😀".repeat(50), 60).replace(/😀/g, "")));
});
