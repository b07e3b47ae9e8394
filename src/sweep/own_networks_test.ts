import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun } from "../../tests/support/trials.ts";
import type { Network } from "../model/network.ts";
import { networksFor, withOwnNetworks } from "./own_networks.ts";

const { plan: base } = makeRun({});
const plan = {
  ...base,
  layers: [[784, 30, 10], [784, 16, 16, 10]],
  hiddenActivations: ["sigmoid" as const, "relu" as const],
};
const WIDE = {
  name: "wide",
  network: { layerSizes: [784, 30, 10], hiddenActivation: "sigmoid" as const },
};
const DEEP = {
  name: "deep",
  network: { layerSizes: [784, 16, 16, 10], hiddenActivation: "relu" as const },
};
const FREE = { name: "free" };

const told = (networks: readonly Network[]) =>
  networks.map(({ layerSizes, hiddenActivation }) => `${layerSizes.join("-")} ${hiddenActivation}`);

test("programs with networks of their own get cells of these, and others no mixture of them", () => {
  const programs = [WIDE, DEEP, FREE];
  assert.deepEqual(programs.map((one) => told(networksFor(one, plan, programs))), [
    ["784-30-10 sigmoid"],
    ["784-16-16-10 relu"],
    ["784-30-10 sigmoid", "784-16-16-10 relu"],
  ]);
  assert.deepEqual(
    withOwnNetworks(plan, programs).map(({ program, networks }) => [program, told(networks)]),
    [["wide", ["784-30-10 sigmoid"]], ["deep", ["784-16-16-10 relu"]]],
  );
});

test("a network that no program fixes is nobody's mixture", () => {
  const wider = { ...plan, layers: [...plan.layers, [784, 64, 10]] };
  const networks = told(networksFor(FREE, wider, [WIDE, DEEP, FREE]));
  assert.deepEqual(networks.filter((one) => one.startsWith("784-64")), [
    "784-64-10 sigmoid",
    "784-64-10 relu",
  ]);
});

test("where the plan has not the network of a program, it gets all, and fails with what it says", () => {
  const other = { ...plan, layers: [[784, 10]] };
  assert.equal(networksFor(WIDE, other, [WIDE, FREE]).length, 2);
  assert.deepEqual(withOwnNetworks(other, [WIDE, FREE]), []);
});
