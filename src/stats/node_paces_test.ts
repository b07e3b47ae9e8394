import assert from "node:assert/strict";
import test from "node:test";
import { randomFrom } from "../base/random.ts";
import { foldNodes } from "./by_node.ts";
import { nodePaces } from "./node_paces.ts";
import type { TrialSamples } from "./trial_samples.ts";

const PACES: Record<string, number> = { n1: 1, n2: 1.6, n3: 0.8 };

/** Three cells on three nodes, two rounds each; `lacks` says where a cell has no trials. */
function measured(lacks: (cell: number, node: string) => boolean, deviation = 0.01) {
  const random = randomFrom(1, "paces");
  return [100, 300, 50].map((ns, cell) =>
    Object.entries(PACES).flatMap(([node, pace]) =>
      lacks(cell, node) ? [] : [1, 2].map((round): TrialSamples => ({
        round,
        node,
        sorted: Float64Array.of(ns * pace * Math.exp(deviation * random.normal())),
      }))
    )
  );
}

const mean = Object.values(PACES).reduce((product, pace) => product * pace, 1) ** (1 / 3);

test("paces are those that were planted, over their geometric mean, with intervals", () => {
  for (const lacks of [() => false, (cell: number, node: string) => cell === 2 && node === "n2"]) {
    const found = nodePaces(foldNodes(measured(lacks))!, [0, 1, 2]);
    assert.deepEqual(found.map(({ node }) => node), ["n1", "n2", "n3"]);
    for (const { node, pace: { value, standardError, degrees } } of found) {
      const error = Math.abs(value - Math.log(PACES[node] / mean));
      assert.ok(error < 0.03 && error < 6 * standardError, `${node}: ${value}`);
      assert.ok(standardError > 0.001 && standardError < 0.05 && degrees >= 1);
    }
  }
});

test("a single cell tells the paces, and not how well it does", () => {
  const [cell] = measured(() => false, 0);
  const found = nodePaces(foldNodes([cell])!, [0]);
  for (const { node, pace } of found) {
    assert.ok(Math.abs(pace.value - Math.log(PACES[node] / mean)) < 1e-9);
    assert.equal(pace.degrees, 0);
  }
});
