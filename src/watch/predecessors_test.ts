import assert from "node:assert/strict";
import { test } from "node:test";
import { because, makeRun, makeTrials } from "../../tests/support/trials.ts";
import type { Plan } from "../format/plan.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import type { NamedRun } from "../summary/noise_floor.ts";
import { findPredecessors } from "./predecessors.ts";

/** Two rounds of these at m = 1000; those in `failing` fail. */
function run(name: string, plan: Partial<Plan>, failing: readonly string[] = []): NamedRun {
  const made = makeRun({ plan: { sizes: [1000], rounds: 2, ...plan } });
  const fail = (trial: TrialRecord): TrialRecord =>
    failing.includes(trial.cell.implementation)
      ? { ...trial, status: "failed", reasons: because("broken"), samplesNs: [] }
      : trial;
  return { name, run: made, trials: makeTrials(made, fail) };
}
const is = (...names: string[]) => ({ implementation }: Cell) => names.includes(implementation);
const namesOf = ({ trials }: NamedRun) => [
  ...new Set(trials.map(({ cell }) => cell.implementation)),
];

test("a run in which the edited cells failed is no reference", () => {
  const two = { implementations: ["naive_loop", "mine"] };
  const earlier = [run("broken", two, ["mine"]), run("good", two), run("old", two)];
  const { pairs, without } = findPredecessors(run("now", two), is("mine"), earlier);
  assert.deepEqual(pairs.map(({ before }) => before.name), ["good"]);
  assert.deepEqual(namesOf(pairs[0].before), ["naive_loop", "mine"]);
  assert.deepEqual(without, []);
});

test("each cell has the newest run of its own, which need not be that of another", () => {
  const earlier = [
    run("second", { implementations: ["naive_loop", "one"] }),
    run("first", { implementations: ["naive_loop", "one", "two", "three"] }),
  ];
  const now = run("now", { implementations: ["naive_loop", "one", "two", "new"] });
  const { pairs, without } = findPredecessors(now, is("one", "two", "new"), earlier);
  assert.deepEqual(
    pairs.map(({ before, after }) => [before.name, namesOf(before), namesOf(after)]),
    [
      ["second", ["naive_loop", "one"], ["naive_loop", "one"]],
      ["first", ["naive_loop", "two"], ["naive_loop", "two"]],
    ],
  );
  assert.deepEqual(without.map(({ implementation }) => implementation), ["new"]);
});

test("a run that trained alike goes before a newer one that did not", () => {
  const plan = { implementations: ["mine"] };
  const earlier = [run("newer", { ...plan, initialisation: "uniform" }), run("older", plan)];
  const { pairs } = findPredecessors(run("now", plan), is("mine"), earlier);
  assert.deepEqual(pairs.map(({ before }) => before.name), ["older"]);
  // Where there is only the other, comparing them says what keeps them apart.
  const other = findPredecessors(run("now", plan), is("mine"), earlier.slice(0, 1));
  assert.deepEqual(other.pairs.map(({ before }) => before.name), ["newer"]);
});

test("no more runs are read than it takes", () => {
  const plan = { implementations: ["mine"] };
  function* earlier() {
    yield run("newest", plan);
    assert.fail("one was enough");
  }
  assert.equal(findPredecessors(run("now", plan), is("mine"), earlier()).pairs.length, 1);
});
