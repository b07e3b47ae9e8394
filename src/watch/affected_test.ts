import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun } from "../../tests/support/trials.ts";
import { affectedPlan } from "./affected.ts";
import type { Plan } from "../format/plan.ts";

const plan = (overrides: Partial<Plan> = {}): Plan => makeRun({ plan: overrides }).plan;
const none = new Set<string>();
const plugins: Record<string, string> = { mine: "/mine.ts", other: "/other.ts" };
const affected = (before: Plan, next: Plan, changed: ReadonlySet<string>) =>
  affectedPlan(before, next, changed, (name) => plugins[name]);
const planOf = (before: Plan, next: Plan, changed: ReadonlySet<string>) =>
  affected(before, next, changed)?.plan;

test("an edited plug-in: its implementations and the baseline", () => {
  const before = plan({ implementations: ["naive_loop", "mine", "fused_typed"] });
  assert.deepEqual(affected(before, before, new Set(["mine"])), {
    plan: { ...before, implementations: ["naive_loop", "mine"] },
    names: ["mine"],
  });
});

test("plug-ins and peers that an edit does not affect are left out", () => {
  const both = { plugins: ["/mine.ts", "/other.ts"], peers: ["numpy"] };
  const before = plan({ ...both, implementations: ["naive_loop", "mine", "other"] });
  const found = planOf(before, before, new Set(["mine"]));
  assert.deepEqual(found?.plugins, ["/mine.ts"]);
  assert.deepEqual(found?.peers, []);
  // Nor where an implementation of Slope's own is new in the plan.
  const next = { ...before, implementations: [...before.implementations, "fused_typed"] };
  assert.deepEqual(planOf(before, next, none)?.plugins, []);
  assert.deepEqual(planOf(before, next, none)?.implementations, ["naive_loop", "fused_typed"]);
  // A baseline out of a plug-in stays.
  const based = { ...before, baseline: "other" };
  assert.deepEqual(planOf(based, based, new Set(["mine"]))?.plugins, ["/mine.ts", "/other.ts"]);
  // New cells are those of every implementation and peer.
  const larger = { ...before, sizes: [...before.sizes, 7] };
  assert.deepEqual(affected(before, larger, none)?.names, [...before.implementations, "numpy"]);
});

test("a twin of what is left out is left out, too", () => {
  const before = plan({ implementations: ["naive_loop", "mine"], nullTwin: "naive_loop" });
  assert.equal(planOf(before, before, new Set(["mine"]))?.nullTwin, "naive_loop");
  const other = plan({ implementations: ["naive_loop", "mine", "b"], nullTwin: "b" });
  assert.ok(!("nullTwin" in planOf(other, other, new Set(["mine"]))!));
});

test("new values of one dimension: these alone", () => {
  const before = plan({ sizes: [1000, 2000] });
  const next = plan({ sizes: [1000, 2000, 4000, 8000] });
  assert.deepEqual(planOf(before, next, none)?.sizes, [4000, 8000]);
  assert.deepEqual(planOf(before, next, none)?.implementations, next.implementations);
  const more = plan({ sizes: [1000, 2000], implementations: [...before.implementations, "new"] });
  assert.deepEqual(planOf(before, more, none)?.implementations, ["naive_loop", "new"]);
});

test("a new network is measured alone, though layers are lists themselves", () => {
  const before = plan();
  const next = plan({ layers: [...before.layers, [784, 128, 10]] });
  assert.deepEqual(planOf(before, next, none)?.layers, [[784, 128, 10]]);
  assert.equal(planOf(next, { ...next, layers: [...next.layers] }, none), undefined);
});

test("two dimensions, or another way of measuring: everything", () => {
  const before = plan({ sizes: [1000] });
  for (
    const next of [
      plan({ sizes: [2000], seeds: [2] }),
      plan({ sizes: [1000], initialisation: "uniform" }),
      plan({ sizes: [1000], rounds: 7 }),
    ]
  ) assert.deepEqual(planOf(before, next, none), next);
  const next = plan({ sizes: [1000, 2000] });
  assert.deepEqual(planOf(before, next, new Set(["fused_typed"])), next);
});

test("less of everything, and more time, is nothing to measure", () => {
  const before = plan();
  const next = plan({ sizes: [1000], implementations: ["naive_loop"], budgetSeconds: 7 });
  assert.equal(planOf(before, next, none), undefined);
});
