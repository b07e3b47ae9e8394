import assert from "node:assert/strict";
import test from "node:test";
import { assertSpeaks } from "../../../tests/support/findings.ts";
import { randomRows } from "../../../tests/support/examined.ts";
import { sparseTyped } from "../../gradients/sparse_typed/sparse_typed.ts";
import type { GradientImplementation } from "../../gradients/contract.ts";
import { initialParameters } from "../../model/initialise.ts";
import { verify } from "../../check/verify_kernel.ts";
import type { Layout } from "../../model/layout.ts";
import type { Convention } from "../../model/network.ts";
import { examineGradient } from "./examine_gradient.ts";

const network = {
  layerSizes: [20, 7, 5, 3],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
} as const;

type Own = (w: Float64Array, g: Float64Array, rate: number, layout: Layout) => void;

/** A right gradient with an update of its own. */
function updating(
  own: Own,
  precision: "float32" | "float64" = "float64",
): GradientImplementation {
  return {
    name: "mine",
    summary: "a right gradient with an update of its own",
    precision,
    async open(problem) {
      const kernel = await sparseTyped.open(problem);
      const { layout } = kernel;
      if (kernel.mode !== "sync") throw new TypeError("Cannot open: it is asynchronous");
      const [parameters, gradient] = [kernel.parameters, kernel.gradient].map((array) =>
        new Float64Array(array.length)
      );
      return {
        mode: "sync",
        layout,
        parameters,
        gradient,
        lossAndGradient(batch) {
          kernel.parameters.set(parameters);
          const loss = kernel.lossAndGradient(batch);
          gradient.set(kernel.gradient);
          return loss;
        },
        descend: (rate) => own(parameters, gradient, rate, layout),
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}

async function told(own: Own, convention?: Convention, precision?: "float32") {
  const problem = {
    network: { ...network, convention },
    dataset: randomRows(1, 20, 3),
    maxBatchSize: 10,
    threads: 1,
  };
  const initial = initialParameters(network, "scaled-normal", 1);
  const findings = await examineGradient(updating(own, precision), problem, initial, 1);
  findings.forEach(assertSpeaks);
  const told = (id: string) => id === "wrong-update" || convention !== undefined;
  return findings.filter(({ id }) => told(id)).map((one) => ({
    ...one,
    id: undefined,
  }));
}

const every = (of: (w: number, g: number, rate: number) => number): Own => (w, g, rate) =>
  w.forEach((value, p) => w[p] = of(value, g[p], rate));

const layers = [1, 2, 3];
const WRONG: [string, Own, object][] = [
  ["ascends", every((w, g, rate) => w + rate * g), { layers, form: "ascends" }],
  ["ignores the rate", every((w, g) => w - g), { layers, form: "ignores-rate" }],
  ["uses the rate twice", every((w, g, rate) => w - rate ** 2 * g), {
    layers,
    form: "rate-squared",
  }],
  ["divides by B again", every((w, g, rate) => w - rate * g / 3), {
    layers,
    form: "divided-by-batch",
  }],
  ["moves twice as far", every((w, g, rate) => w - 2 * rate * g), {
    layers,
    form: "times",
    value: 2,
  }],
  ["decays", every((w, g, rate) => w - rate * (g + 0.01 * w)), {
    layers,
    form: "decay",
    value: 0.01,
  }],
  [
    "writes into the gradient",
    (w, g, rate) => w.forEach((value, p) => g[p] = value - rate * g[p]),
    {
      layers,
      form: "into-gradient",
    },
  ],
  ["leaves out the biases", (w, g, rate, layout) => {
    for (const { weightOffset, biasOffset } of layout.layers) {
      for (let p = weightOffset; p < biasOffset; p++) w[p] -= rate * g[p];
    }
  }, { layers, form: "none", kind: "biases" }],
];

for (const [name, own, expected] of WRONG) {
  test(`an update that ${name} is named`, async () => {
    assert.deepEqual(await told(own), [{ id: undefined, ...expected }]);
  });
}

function withMomentum(momentum: (p: number, layout: Layout) => number = () => 0.9): Own {
  let velocity: Float64Array | undefined;
  return (w, g, rate, layout) => {
    velocity = g.map((value, p) => value + momentum(p, layout) * (velocity?.[p] ?? 0));
    velocity.forEach((value, p) => w[p] -= rate * value);
  };
}

test("momentum in an update is named with its coefficient, and declared it is right", async () => {
  const convention = { momentum: 0.9 };
  assert.deepEqual(await told(withMomentum()), [
    { id: undefined, layers, form: "momentum", value: 0.9, convention },
  ]);
  assert.deepEqual(await told(withMomentum(), convention), []);
  const problem = {
    network: { ...network, convention },
    dataset: randomRows(1, 20, 3),
    maxBatchSize: 10,
    threads: 1,
  };
  const kernel = await updating(withMomentum()).open(problem);
  const initial = initialParameters(network, "scaled-normal", 1);
  assert.equal((await verify(kernel, "float64", problem, initial)).verdict, "reordered");
});

test("momentum of the wrong sign, and Nesterov's, are named and cannot be declared", async () => {
  assert.deepEqual(await told(withMomentum(() => -0.9)), [
    { id: undefined, layers, form: "momentum", value: -0.9 },
  ]);
  let velocity: Float64Array | undefined;
  const nesterov: Own = (w, g, rate) => {
    velocity = g.map((value, p) => value + 0.9 * (velocity?.[p] ?? 0));
    w.forEach((value, p) => w[p] = value - rate * (g[p] + 0.9 * velocity![p]));
  };
  assert.deepEqual(await told(nesterov), [{ id: undefined, layers, form: "nesterov", value: 0.9 }]);
  let falling = 1.25;
  const decaying = every((w, g, rate) => w - rate * g * falling);
  const [one] = await told((...given) => {
    falling *= 0.8;
    decaying(...given);
  });
  assert.ok("form" in one && one.form === "unexplained");
});

test("momentum that is declared and missing is told", async () => {
  const [one, ...more] = await told(every((w, g, rate) => w - rate * g), { momentum: 0.9 });
  assert.ok("coefficient" in one && one.coefficient === 0);
  assert.deepEqual(more, []);
});

const isBias = (p: number, { layers }: Layout) =>
  layers.some(({ biasOffset, outputs }) => p >= biasOffset && p < biasOffset + outputs);

test("momentum that is declared and missing in some parts is told with them", async () => {
  const inWeights = withMomentum((p, layout) => isBias(p, layout) ? 0 : 0.9);
  const [one, ...more] = await told(inWeights, { momentum: 0.9 });
  assert.deepEqual(more, []);
  assert.ok("parts" in one);
  assert.deepEqual(one.parts, layers.map((layer) => ({ kind: "biases", layer })));
});

test("declared momentum may be off by the rounding of float32", async () => {
  assert.deepEqual(await told(withMomentum(() => 0.905), { momentum: 0.9 }, "float32"), []);
  assert.equal((await told(withMomentum(() => 0.905), { momentum: 0.9 })).length, 1);
});

test("verify wants declared momentum in one place, and only in one", async () => {
  const convention = { momentum: 0.9 };
  const problem = {
    network: { ...network, convention },
    dataset: randomRows(1, 20, 3),
    maxBatchSize: 10,
    threads: 1,
  };
  const initial = initialParameters(network, "scaled-normal", 1);
  const verdictOf = async (own: Own, inGradient: boolean) => {
    const kernel = await updating(own).open(problem);
    if (kernel.mode !== "sync") throw new TypeError("Cannot verify: it is asynchronous");
    let velocity: Float64Array | undefined;
    const carrying = {
      ...kernel,
      lossAndGradient(batch: Uint32Array) {
        const loss = kernel.lossAndGradient(batch);
        const { gradient } = kernel;
        velocity = Float64Array.from(gradient, (g, p) => g + 0.9 * (velocity?.[p] ?? 0));
        if (inGradient) gradient.set(velocity);
        return loss;
      },
    };
    return (await verify(carrying, "float64", problem, initial)).verdict;
  };
  const plain = every((w, g, rate) => w - rate * g);
  assert.equal(await verdictOf(plain, false), "wrong");
  assert.equal(await verdictOf(plain, true), "reordered");
  assert.equal(await verdictOf(withMomentum(), false), "reordered");
  assert.equal(await verdictOf(withMomentum(), true), "wrong");
});

/** A right gradient whose steps run in another process, as those of a program in Python with an epoch of its own. */
function stepping(own: Own): GradientImplementation {
  const whole = updating(own);
  return {
    ...whole,
    async open(problem) {
      const kernel = await whole.open(problem);
      if (kernel.mode !== "sync") throw new TypeError("Cannot open: it is asynchronous");
      const { descend, lossAndGradient, ...rest } = kernel;
      let [rows, size] = [new Uint32Array(), 1];
      return {
        ...rest,
        mode: "async",
        lossAndGradient: (batch) => Promise.resolve(lossAndGradient(batch)),
        epochs: {
          arrange: (order, batchSize) => {
            [rows, size] = [order.slice(), batchSize];
            return Promise.resolve();
          },
          run: (first, end, rate) => {
            let loss = NaN;
            for (let step = first; step < end; step++) {
              loss = lossAndGradient(rows.slice(step * size, (step + 1) * size));
              descend!(rate);
            }
            return Promise.resolve(loss);
          },
        },
      };
    },
  };
}

test("declared momentum may be in steps of the program's own, and is missed where it is not", async () => {
  const problem = {
    network: { ...network, convention: { momentum: 0.9 } },
    dataset: randomRows(1, 20, 3),
    maxBatchSize: 10,
    threads: 1,
  };
  const initial = initialParameters(network, "scaled-normal", 1);
  const judged = async (own: Own) => {
    await using kernel = await stepping(own).open(problem);
    const { verdict } = await verify(kernel, "float64", problem, initial);
    const findings = await examineGradient(stepping(own), problem, initial, 1);
    return [verdict, ...findings.map(({ id }) => id)];
  };
  assert.deepEqual(await judged(withMomentum()), ["reordered"]);
  const plain = every((w, g, rate) => w - rate * g);
  assert.deepEqual(await judged(plain), ["wrong", "momentum-inside"]);
});

test("a right update is accused of nothing", async () => {
  assert.deepEqual(await told(every((w, g, rate) => w - rate * g)), []);
});
