import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCpuProfile } from "../../tests/support/cpu_profile.ts";
import { speedscope } from "./speedscope.ts";

test("a sampled profile of speedscope: stacks from outside inwards, weights in µs", () => {
  const file = JSON.parse(speedscope(makeCpuProfile(), "mine"));
  assert.equal(file.$schema, "https://www.speedscope.app/file-format-schema.json");
  const [profile] = file.profiles;
  assert.deepEqual([profile.type, profile.unit, profile.name], ["sampled", "microseconds", "mine"]);
  const names = file.shared.frames.map(({ name }: { name: string }) => name);
  const stacks = profile.samples.map((stack: number[]) => stack.map((frame) => names[frame]));
  assert.deepEqual(stacks, [
    ["step"],
    ["step", "multiply"],
    ["step", "multiply"],
    ["(garbage collector)"],
    ["step"],
  ]);
  assert.deepEqual(profile.weights, [10, 20, 40, 30, 0]);
  assert.deepEqual([profile.startValue, profile.endValue], [0, 100]);
  assert.deepEqual(file.shared.frames[names.indexOf("multiply")], {
    name: "multiply",
    file: "file:///plug/product.js",
    line: 9,
    col: 4,
  });
});
