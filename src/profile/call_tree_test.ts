import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCpuProfile } from "../../tests/support/cpu_profile.ts";
import { callTree, hotFunctions } from "./call_tree.ts";
import { lineTold } from "./original_lines.ts";

test("each sample lasts until the next one, and counts for all callers", () => {
  const tree = callTree(makeCpuProfile(), lineTold);
  assert.equal(tree.name, "(root)");
  // 10 of the first sample in step, 20 + 40 in multiply, 30 in collection; the last has no end.
  assert.equal(tree.totalUs, 100);
  const [step, collection] = tree.children;
  assert.deepEqual([step.name, step.selfUs, step.totalUs, step.line], ["step", 10, 70, 5]);
  assert.deepEqual(step.children.map(({ name, selfUs }) => [name, selfUs]), [["multiply", 60]]);
  assert.deepEqual([collection.name, collection.totalUs], ["(garbage collector)", 30]);
});

test("paths without samples are left out", () => {
  const names: string[] = [];
  const visit = (node: ReturnType<typeof callTree>): void => {
    names.push(node.name);
    node.children.forEach(visit);
  };
  visit(callTree(makeCpuProfile(), lineTold));
  assert.ok(!names.includes("never"));
});

test("a function whose line is unknown has none", () => {
  const [step] = callTree(makeCpuProfile(), () => undefined).children;
  assert.equal(step.line, 0);
});

test("the hottest functions are those with the most time of their own", () => {
  const hot = hotFunctions(callTree(makeCpuProfile(), lineTold), 2);
  assert.deepEqual(hot.map(({ name, share }) => [name, share]), [
    ["multiply", 0.6],
    ["(garbage collector)", 0.3],
  ]);
});
