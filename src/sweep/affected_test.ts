import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun } from "../../tests/support/trials.ts";
import { affectedPlan } from "./affected.ts";
import type { Plan } from "./plan.ts";

const plan = (overrides: Partial<Plan> = {}): Plan => makeRun({ plan: overrides }).plan;
const none = new Set<string>();

test("an edited plug-in: its implementations and the baseline", () => {
  const before = plan({ implementations: ["naive_loop", "mine", "fused_typed"] });
  const found = affectedPlan(before, before, new Set(["mine"]));
  assert.deepEqual(found, { ...before, implementations: ["naive_loop", "mine"] });
});

test("a twin of what is left out is left out, too", () => {
  const before = plan({ implementations: ["naive_loop", "mine"], nullTwin: "naive_loop" });
  assert.equal(affectedPlan(before, before, new Set(["mine"]))?.nullTwin, "naive_loop");
  const other = plan({ implementations: ["naive_loop", "mine", "b"], nullTwin: "b" });
  assert.ok(!("nullTwin" in affectedPlan(other, other, new Set(["mine"]))!));
});

test("new values of one dimension: these alone", () => {
  const before = plan({ sizes: [1000, 2000] });
  const next = plan({ sizes: [1000, 2000, 4000, 8000] });
  assert.deepEqual(affectedPlan(before, next, none)?.sizes, [4000, 8000]);
  assert.deepEqual(affectedPlan(before, next, none)?.implementations, next.implementations);
  const more = plan({ sizes: [1000, 2000], implementations: [...before.implementations, "new"] });
  assert.deepEqual(affectedPlan(before, more, none)?.implementations, ["naive_loop", "new"]);
});

test("two dimensions, or another way of measuring: everything", () => {
  const before = plan({ sizes: [1000] });
  for (
    const next of [
      plan({ sizes: [2000], seeds: [2] }),
      plan({ sizes: [1000], rate: 0.1 }),
      plan({ sizes: [1000], rounds: 7 }),
    ]
  ) assert.deepEqual(affectedPlan(before, next, none), next);
  const next = plan({ sizes: [1000, 2000] });
  assert.deepEqual(affectedPlan(before, next, new Set(["fused_typed"])), next);
});

test("less of everything, and more time, is nothing to measure", () => {
  const before = plan();
  const next = plan({ sizes: [1000], implementations: ["naive_loop"], budgetSeconds: 7 });
  assert.equal(affectedPlan(before, next, none), undefined);
});
