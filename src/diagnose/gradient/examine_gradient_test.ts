import assert from "node:assert/strict";
import test from "node:test";
import { examined } from "../../../tests/support/examined.ts";
import { mistaken, type Switches } from "../../../tests/support/mistaken.ts";
import { candidates } from "../../../tests/support/available_implementations.ts";
import { accusations, named, plantedMistakes } from "../../../tests/support/planted_mistakes.ts";
import { honestLists } from "../../../tests/support/honest_lists.ts";
import { smallDigits } from "../../../tests/support/small_digits.ts";
import type { Problem, ShortFormImplementation } from "../../gradients/contract.ts";
import type { FindingOf } from "../../format/finding.ts";
import type { Network } from "../../model/network.ts";

const dataset = smallDigits(4, 200, 1, "train");

function problemOf(layerSizes: number[], network: Partial<Network> = {}): Problem {
  return {
    network: {
      layerSizes,
      hiddenActivation: "sigmoid",
      outputLoss: "sigmoid-quadratic",
      ...network,
    },
    dataset,
    maxBatchSize: 10,
    threads: 1,
  };
}

// tests/statistics/planted_mistakes_test.ts has them on larger networks.
for (const [switches, ...expected] of plantedMistakes(3)) {
  const told = JSON.stringify(switches) + (switches.pixels ?? "");
  test(`${told}: ${expected.join(" + ") || "nothing"}`, async () => {
    assert.deepEqual(await named(switches, problemOf([49, 12, 12, 10])), expected);
  });
}

const OTHER_FORMULAS: [Switches, ...string[]][] = [
  [{}],
  [{ times: { all: -1 } }, "sign-reversed 1,2,3"],
  [{ stale: [1, 2, 3] }, "stale-activations 1,2,3"],
  [{ noHiddenSlope: [2] }, "missing-hidden-derivative 2"],
  [{ untransposed: [3] }, "untransposed-backprop 3"],
  [{ deltaOf: "sigmoid quadratic" }, "other-loss 3"],
  [{ unguarded: true }, "overflow 1,2,3"],
  [{ average: "sum", biasesFrom: { 2: -1 } }, "bias-layer-shift 2", "scale 1,2,3 10"],
];

for (const hiddenActivation of ["tanh", "relu"] as const) {
  const problem = problemOf([49, 12, 12, 10], {
    hiddenActivation,
    outputLoss: "softmax-cross-entropy",
  });
  for (const [switches, ...expected] of OTHER_FORMULAS) {
    const told = JSON.stringify(switches);
    test(`${hiddenActivation}, softmax ${told}: ${expected.join(" + ") || "nothing"}`, async () => {
      assert.deepEqual(await named(switches, problem), expected);
    });
  }
}

test("σ′(a) for σ′(z) is found with tanh too; relu has it by definition", async () => {
  const of = (hiddenActivation: Network["hiddenActivation"]) =>
    named({ slopeOfA: [1] }, problemOf([49, 12, 12, 10], { hiddenActivation }));
  assert.deepEqual(await of("tanh"), ["derivative-of-activation 1"]);
  assert.deepEqual(await of("relu"), []);
});

for (const { implementation, skip } of await candidates()) {
  const { name, needs = [] } = implementation;
  // tests/statistics/right_programs_test.ts gives a device all 50: in software they take half a minute.
  const seeds = needs.includes("gpu") ? 5 : 50;
  test(
    `${name} is accused of nothing in ${seeds} seeds`,
    { skip },
    async () => assert.deepEqual(await accusations(implementation, seeds), []),
  );
}

// scripts/diagnose_honest.ts gives these and others 1,000.
for (const form of ["gradient", "trainBatch"] as const) {
  for (const precision of ["float32", "float64"] as const) {
    test(`a right ${form} of lists in ${precision} is accused of nothing in 25 seeds`, async () => {
      assert.deepEqual(await accusations(honestLists(form, precision), 25), []);
    });
  }
}

/** A right program whose gradient and loss are then changed; `examples` are those of the data that it got. */
const changed = (
  change: (batch: number, gradient: Float64Array, loss: number, examples: number) => number,
): ShortFormImplementation => {
  const right = mistaken({});
  return {
    ...right,
    async prepare(problem) {
      const compute = await right.prepare(problem);
      return (parameters, batch, gradient) => {
        const loss = compute(parameters, batch, gradient) as number;
        return change(batch.length, gradient as Float64Array, loss, problem.dataset.count);
      };
    },
  };
};

test("a gradient divided by a large number is told with it, not as a factor of 0", async () => {
  const dividedBy = async (divisor: (examples: number) => number) => {
    const program = changed((rows, gradient, loss, examples) => {
      for (let p = 0; p < gradient.length; p++) gradient[p] *= rows / divisor(examples);
      return loss;
    });
    const [first, ...others] = await examined(program, problemOf([49, 12, 10]));
    assert.deepEqual([first.id, others], ["scale", []]);
    return first as FindingOf<"scale">;
  };
  const all = await dividedBy((examples) => examples);
  assert.equal(all.divisor, "data-set");
  assert.ok(Math.abs(all.times - 1) < 1e-6, `${all.times}`);
  const number = await dividedBy(() => 60_000);
  assert.equal(number.divisor, "nothing");
  assert.ok(Math.abs(number.times * 60_000 - 1) < 1e-6, `${number.times}`);
  assert.equal(number.factor, 0.000166667);
});

test("a loss that is summed over the minibatch is told as the sum, not as that of another call", async () => {
  const program = changed((rows, _, loss) => rows * loss);
  const [first, ...others] = await examined(program, problemOf([49, 12, 10]));
  assert.deepEqual([first.id, others], ["loss-mismatch", []]);
  const { returned } = first as FindingOf<"loss-mismatch">;
  assert.deepEqual([returned?.loss, returned?.over], ["sigmoid-quadratic", "sum"]);
});

test("a gradient that is never finite is reported, and not called random", async () => {
  const problem = problemOf([49, 12, 12, 10]);
  assert.deepEqual(await named({ times: { all: NaN } }, problem), ["never-finite 1,2,3"]);
});

test("an unknown mistake is located at its stage", async () => {
  const problem = problemOf([49, 12, 12, 10]);
  assert.deepEqual((await named({ odd: true }, problem)).at(-1), "unexplained 2");
});
