import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun } from "../../tests/support/trials.ts";
import type { Plan } from "../format/plan.ts";
import { cellKey } from "../format/trial_record.ts";
import type { Candidate, PeerCandidate } from "./schedule.ts";
import { cellsOf, orderOfRound } from "./schedule.ts";

const candidate = (name: string, needs: Candidate["needs"] = []): Candidate => ({
  name,
  summary: "",
  precision: "float32",
  needs,
  availability: { available: true },
});

const peer = (name: string, several = true): PeerCandidate => ({
  ...candidate(name, several ? ["threads"] : []),
  runtime: "python",
});

const { plan } = makeRun({
  plan: {
    runtimes: ["deno", "bun"],
    sizes: [1000],
    batchSizes: [10],
    threads: [1, 4],
    peerThreads: [1, 2],
  },
});

test("what can use several threads has a cell for each count, everything else one with 1", () => {
  const cells = cellsOf(
    { ...plan, runtimes: ["deno"] },
    [candidate("plain"), candidate("threaded", ["threads"])],
    [peer("numpy"), peer("tfjs", false)],
  );
  assert.deepEqual(cells.map(({ implementation, threads }) => [implementation, threads]), [
    ["plain", 1],
    ["threaded", 1],
    ["threaded", 4],
    ["numpy", 1],
    ["numpy", 2],
    ["tfjs", 1],
  ]);
});

test("an MPI job has a cell for each number of ranks, everything else one without ranks", () => {
  const programs = [candidate("plain"), candidate("job", ["ranks"])];
  const ranksOf = (more: Partial<Plan>) =>
    cellsOf({ ...plan, runtimes: ["deno"], ...more }, programs)
      .map(({ implementation, ranks }) => [implementation, ranks]);
  assert.deepEqual(ranksOf({ ranks: [1, 2] }), [["plain", undefined], ["job", 1], ["job", 2]]);
  assert.deepEqual(ranksOf({}), [["plain", undefined], ["job", 1]]);
  const cells = cellsOf({ ...plan, runtimes: ["deno"], ranks: [1, 2] }, programs);
  assert.equal(new Set(cells.map(cellKey)).size, cells.length);
});

test("networks and rates are dimensions: a cell for every combination", () => {
  const axes: Partial<Plan> = {
    runtimes: ["deno"],
    layers: [[784, 16, 10], [784, 128, 10]],
    hiddenActivations: ["sigmoid", "relu"],
    outputLosses: ["sigmoid-quadratic", "softmax-cross-entropy"],
    rates: [0.3, 3],
  };
  const cells = cellsOf({ ...plan, sizes: [1000], ...axes }, [candidate("plain")]);
  assert.equal(new Set(cells.map(cellKey)).size, 16);
  assert.deepEqual(
    cells.slice(0, 4).map((cell) => [cell.layerSizes[1], cell.outputLoss, cell.rate]),
    [
      [16, "sigmoid-quadratic", 0.3],
      [16, "sigmoid-quadratic", 3],
      [16, "softmax-cross-entropy", 0.3],
      [16, "softmax-cross-entropy", 3],
    ],
  );
});

test("a peer runs in its own runtime alone, however many the plan has", () => {
  const cells = cellsOf(plan, [candidate("plain")], [peer("numpy", false)]);
  assert.deepEqual(cells.map(({ implementation, runtime }) => [implementation, runtime]), [
    ["plain", "deno"],
    ["plain", "bun"],
    ["numpy", "python"],
  ]);
});

test("cells of peers are shuffled among the others, differently in every round", () => {
  const names = ["a", "b", "c", "d", "e"];
  const cells = cellsOf(
    { ...plan, runtimes: ["deno"], threads: [1], peerThreads: [1] },
    names.map((name) => candidate(name)),
    names.map((name) => peer(`peer_${name}`)),
  );
  const orders = [1, 2, 3].map((round) =>
    orderOfRound(cells, 1, round).map(({ implementation }) => implementation)
  );
  assert.equal(new Set(orders.map(String)).size, 3);
  const places = orders[0].map((name, place) => name.startsWith("peer_") ? place : -1);
  assert.ok(places.some((place) => place >= 0 && place < 5), "some peer in the first half");
  assert.deepEqual(orders[0].toSorted(), orders[1].toSorted());
});
