import assert from "node:assert/strict";
import test from "node:test";
import { examined as examinedForm, randomRows } from "../../../tests/support/examined.ts";
import { staged } from "../../../tests/support/staged_network.ts";
import type { Stages } from "../../../tests/support/staged_passes.ts";
import type { Problem } from "../../gradients/contract.ts";
import { verify } from "../../check/verify_kernel.ts";
import type { Convention, Network } from "../../model/network.ts";
import { initialParameters } from "../../model/initialise.ts";
import { fromShortForm } from "../../gradients/short_form.ts";
import { declaredFlags } from "../words/next_flags.ts";

const examined = (stages: Stages, problem: Problem) => examinedForm(staged(stages), problem);

const BASE = { layerSizes: [20, 7, 5, 3], hiddenActivation: "sigmoid" } as const;

const problemOf = (convention: Convention | undefined, outputLoss: Network["outputLoss"]) => ({
  network: { ...BASE, outputLoss, convention },
  dataset: randomRows(1, 20, 3),
  maxBatchSize: 10,
  threads: 1,
});

/** What a program does, and the flags that declare it. */
const MEANT: readonly [Stages, Convention, flags: string][] = [
  [
    { target: (label, k) => k === label ? 0.9 : 0.1 },
    { targets: [0.1, 0.9] },
    "--targets 0.1,0.9",
  ],
  [
    { pixel: (byte) => byte / 255 * 0.99 + 0.01 },
    { pixels: "0.99*x+0.01" },
    "--pixels '0.99*x+0.01'",
  ],
  [
    { pixel: (byte) => (byte / 255 - 0.1307) / 0.3081 },
    { pixels: "standardised" },
    "--pixels 'standardised'",
  ],
  [{ pixel: (byte) => byte / 255 * 0.7 - 0.2 }, { pixels: "0.7*x-0.2" }, "--pixels '0.7*x-0.2'"],
  [{ decay: 0.02 }, { weightDecay: 0.02 }, "--weight-decay 0.02"],
  [{ momentum: 0.9 }, { momentum: 0.9 }, "--momentum 0.9"],
];

for (const [stages, convention, flags] of MEANT) {
  for (const loss of ["sigmoid-quadratic", "softmax-cross-entropy"] as const) {
    // Targets of a softmax are told apart below.
    if (convention.targets && loss === "softmax-cross-entropy") continue;
    test(`${flags} is told where it is missing, and declared it is right: ${loss}`, async () => {
      assert.equal(declaredFlags(await examined(stages, problemOf(undefined, loss))), flags);
      const problem = problemOf(convention, loss);
      assert.deepEqual(await examined(stages, problem), []);
      const initial = initialParameters(problem.network, "scaled-normal", 1);
      const kernel = await fromShortForm(staged(stages)).open(problem);
      const { verdict } = await verify(kernel, "float64", problem, initial);
      assert.equal(verdict, "reordered");
    });
  }
}

test("what is declared and not done is a finding of its stage", async () => {
  for (const [, convention] of MEANT) {
    const [{ id }, ...more] = await examined({}, problemOf(convention, "sigmoid-quadratic"));
    assert.match(id, /weight-decay|momentum-inside|target-coding|pixel-map/);
    assert.deepEqual(more, []);
  }
});

test("behind a convention the other mistakes are found", async () => {
  const stages: Stages = { ...MEANT[0][0], ...MEANT[1][0], slope: { 1: () => 1 } };
  const problem = problemOf({ ...MEANT[0][1], ...MEANT[1][1] }, "sigmoid-quadratic");
  const found = await examined(stages, problem);
  assert.deepEqual(found.map(({ id, layers }) => [id, layers]), [
    ["missing-hidden-derivative", [1]],
  ]);
});

test("targets of a softmax that do not sum to 1 need their sum in δ", async () => {
  const problem = problemOf({ targets: [0.04, 0.99] }, "softmax-cross-entropy");
  const target = (label: number, k: number) => k === label ? 0.99 : 0.04;
  const [first] = await examined({ target }, problem);
  assert.equal(first.id, "other-loss");
  assert.equal("form" in first && first.form, "targets-not-summed");
  const outputDelta = (a: number, _z: number, y: number) => a * (0.99 + 2 * 0.04) - y;
  const [wrongLoss, ...more] = await examined({ target, outputDelta }, problem);
  assert.deepEqual(more, []);
  assert.ok(wrongLoss === undefined || wrongLoss.id === "loss-mismatch");
});
