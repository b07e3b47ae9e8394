import assert from "node:assert/strict";
import test from "node:test";
import type { Parameters, Problem, SyncKernel } from "../gradients/contract.ts";
import { canonicalLayout, type Layout } from "../model/layout.ts";
import type { Network } from "../model/network.ts";
import { referenceGradient } from "../model/reference.ts";
import {
  check,
  type Compute,
  kernelOf,
  oracleOf,
  problemOf,
} from "../../tests/support/canonical_kernel.ts";
import { wrongText } from "../report/fault_words.ts";

/** The oracle, whose gradient is changed before it is returned. */
const altered =
  (change: (g: Float64Array, batch: Uint32Array, p: Float64Array) => void) =>
  (_: Problem, oracle: Compute): Compute =>
  (p, batch, g) => {
    const loss = oracle(p, batch, g);
    change(g, batch, p);
    return loss;
  };

/** Each makes an honest kernel wrong; the pattern is what the verdict must mention. */
const faults: [title: string, plant: (problem: Problem, oracle: Compute) => Compute, RegExp][] = [
  [
    "has the wrong sign",
    altered((g) => {
      for (let i = 0; i < g.length; i++) g[i] = -g[i];
    }),
    /weight gradient of layer 3, initial parameters, minibatch of 10/,
  ],
  [
    "sums where the mean is wanted",
    altered((g, batch) => {
      for (let i = 0; i < g.length; i++) g[i] *= batch.length;
    }),
    /gradient of layer 3.*; its gradient is the sum over the minibatch, expected the mean/,
  ],
  [
    "gives the sum of the losses",
    (_, oracle) => (p, batch, g) => oracle(p, batch, g) * batch.length,
    /^loss, .*its loss is the sum over the minibatch, expected the mean; the gradient is right/,
  ],
  ["leaves out σ′ in the output layer", ({ network, dataset }) => (p, batch, g) => {
    const other: Network = { ...network, outputLoss: "softmax-cross-entropy" };
    referenceGradient(other, p, dataset, batch, g);
    return referenceGradient(network, p, dataset, batch, new Float64Array(g.length));
  }, /gradient of layer/],
  ["has the slope of tanh in a sigmoid layer", ({ network, dataset }) => (p, batch, g) => {
    const other: Network = { ...network, hiddenActivation: "tanh" };
    const loss = referenceGradient(network, p, dataset, batch, g);
    const wrong = new Float64Array(g.length);
    referenceGradient(other, p, dataset, batch, wrong);
    const first = canonicalLayout(network).layers[0];
    g.set(wrong.subarray(0, first.biasOffset));
    return loss;
  }, /weight gradient of layer 1/],
  [
    "skips the last example",
    (_, oracle) => (p, batch, g) => oracle(p, batch.length > 1 ? batch.subarray(0, -1) : batch, g),
    /minibatch of 10: .*; it leaves out 1 of the 10 rows of the minibatch/,
  ],
  [
    "takes every other example",
    (_, oracle) => (p, batch, g) => oracle(p, batch.filter((_, n) => n % 2 === 0), g),
    /minibatch of 10: .*; it leaves out 5 of the 10 rows of the minibatch/,
  ],
  [
    "takes the second half",
    (_, oracle) => (p, batch, g) => oracle(p, batch.subarray(batch.length >> 1), g),
    /minibatch of 10: .*; it leaves out 5 of the 10 rows of the minibatch/,
  ],
  ["does nothing but say a loss", (_, oracle) => (p, batch, g) => {
    const loss = oracle(p, batch, new Float64Array(g.length));
    g.fill(0);
    return loss;
  }, /its gradient is 0 everywhere: it computes nothing/],
  ["answers with the call before", (_, oracle) => {
    let before: Float64Array | undefined;
    return (p, batch, g) => {
      const loss = oracle(p, batch, g);
      const fresh = g.slice();
      g.set(before ?? fresh);
      before = fresh;
      return loss;
    };
  }, /its gradient is the previous call's/],
  ["computes at the parameters that it met first", (_, oracle) => {
    let first: Float64Array | undefined;
    return (p, batch, g) => oracle(first ??= p.slice(), batch, g);
  }, /trained parameters, .*; its gradient is the one for the initial parameters/],
  [
    "rounds its gradient to bfloat16",
    altered((g) => {
      const bits = new Uint32Array(Float32Array.from(g).buffer).map((b) => b & 0xffff0000);
      g.set(new Float32Array(bits.buffer));
    }),
    /every number of its gradient is a bfloat16 number, but float64 is declared/,
  ],
  [
    "rounds its gradient to float16",
    altered((g) => {
      const bits = new Uint32Array(Float32Array.from(g).buffer).map((b) => b & 0xffffe000);
      g.set(new Float32Array(bits.buffer));
    }),
    /every number of its gradient is a float16 number, but float64 is declared/,
  ],
  ["writes its gradient in a microtask", (_, oracle) => (p, batch, g) => {
    const rows = batch.slice();
    Promise.resolve().then(() => oracle(p, rows, g));
    return oracle(p, rows, new Float64Array(g.length));
  }, /it wrote its gradient after it had returned/],
  ["writes its gradient by a timer", (_, oracle) => (p, batch, g) => {
    const rows = batch.slice();
    setTimeout(() => oracle(p, rows, g), 5);
    return oracle(p, rows, new Float64Array(g.length));
  }, /it wrote its gradient after it had returned/],
  ["reads stale activations: the minibatch of the call before", (_, oracle) => {
    let before = Uint32Array.of(0);
    return (p, batch, g) => {
      const loss = oracle(p, batch, new Float64Array(g.length));
      oracle(p, before, g);
      before = batch.slice();
      return loss;
    };
  }, /gradient/],
  ["writes nothing", () => () => 0.5, /it does not write its gradient/],
  ["adds to the gradient that is there", (_, oracle) => (p, batch, g) => {
    const fresh = new Float64Array(g.length);
    const loss = oracle(p, batch, fresh);
    for (let i = 0; i < g.length; i++) g[i] += fresh[i];
    return loss;
  }, /element 0 is NaN/],
  ["adds up over calls in an array of its own", (_, oracle) => {
    let sum: Float64Array | undefined;
    return (p, batch, g) => {
      const loss = oracle(p, batch, g);
      sum ??= new Float64Array(g.length);
      for (let i = 0; i < g.length; i++) g[i] = sum[i] += g[i];
      return loss;
    };
  }, /minibatch of 1\b/],
  [
    "does not write the last bias",
    altered((g) => {
      g[g.length - 1] = NaN;
    }),
    /bias gradient of layer 3.*element 9 is NaN/,
  ],
  [
    "works in float32 but says float64",
    altered((g) => {
      for (let i = 0; i < g.length; i++) g[i] = Math.fround(g[i]);
    }),
    /accuracy of float32, but float64 is declared/,
  ],
  [
    "has a bias off by a millionth",
    altered((g) => {
      g[g.length - 1] *= 1 + 1e-6;
    }),
    /bias gradient of layer 3/,
  ],
  [
    "is wrong for odd minibatches alone",
    altered((g, batch) => {
      if (batch.length % 2 === 1) g[0] += 1e-3;
    }),
    /minibatch of (1|3|7)\b/,
  ],
  [
    "is wrong where neurons are saturated",
    altered((g, _batch, p) => {
      if (p.some((value) => Math.abs(value) > 10)) g.fill(0);
    }),
    /saturated parameters/,
  ],
  ["gives NaN as its loss", (_, oracle) => (p, batch, g) => {
    oracle(p, batch, g);
    return NaN;
  }, /^loss, .*is NaN/],
  ["gives no loss", (_, oracle) => (p, batch, g) => {
    oracle(p, batch, g);
    return undefined as unknown as number;
  }, /lossAndGradient returned undefined, expected a number/],
  [
    "answers with a promise",
    (_, oracle) => (p, batch, g) => Promise.resolve(oracle(p, batch, g)) as unknown as number,
    /a promise from a synchronous/,
  ],
  [
    "changes the parameters",
    altered((_g, _batch, p) => {
      p[3] += 1e-9;
    }),
    /it changed the parameters/,
  ],
  [
    "sorts the minibatch",
    (_, oracle) => (p, batch, g) => oracle(p, batch.sort(), g),
    /it changed the minibatch/,
  ],
  ["changes a pixel", ({ dataset }, oracle) => (p, batch, g) => {
    dataset.pixels[batch[0] * dataset.features] ^= 1;
    return oracle(p, batch, g);
  }, /it changed the data/],
  ["changes a label", ({ dataset }, oracle) => (p, batch, g) => {
    dataset.labels[batch[0]] ^= 1;
    return oracle(p, batch, g);
  }, /it changed the data/],
];

for (const [title, plant, worst] of faults) {
  test(`a kernel that ${title} is wrong, and the verdict says so`, async () => {
    const problem = problemOf();
    const kernel = kernelOf(problem, plant(problem, oracleOf(problem)));
    const result = await check(kernel, problem);
    assert.equal(result.verdict, "wrong", JSON.stringify(result));
    assert.match(wrongText(result), worst);
    assert.ok(result.tolerance > 0);
    assert.ok(result.maxRelativeError === undefined || Number.isFinite(result.maxRelativeError));
  });
}

const misshapen: [title: string, change: Partial<SyncKernel> & object, RegExp][] = [
  [
    "a gradient that is too short",
    { gradient: new Float64Array(3) },
    /gradient is a Float64Array of 3/,
  ],
  [
    "parameters of the other precision",
    { parameters: new Float32Array(562) },
    /parameters is a Float32Array/,
  ],
  ["plain arrays", { gradient: [1] as unknown as Parameters }, /gradient is object, expected/],
  [
    "a gradient with methods of its own",
    { gradient: new (class extends Float64Array {})(562) },
    /gradient is a subclass or proxy of Float64Array/,
  ],
  [
    "a proxy for its gradient",
    {
      gradient: new Proxy(new Float64Array(562), {
        get: (target, key) => Reflect.get(target, key),
      }),
    },
    /gradient is a subclass or proxy of Float64Array/,
  ],
  [
    "no layout",
    { layout: undefined as unknown as Layout },
    /the kernel's layout.layers is undefined, expected an array/,
  ],
  ["another mode", { mode: "later" as "sync" }, /mode is later/],
  [
    "no lossAndGradient",
    { lossAndGradient: 3 as unknown as SyncKernel["lossAndGradient"] },
    /lossAndGradient is number, expected a function/,
  ],
];
for (const [title, change, worst] of misshapen) {
  test(`a kernel with ${title} is wrong`, async () => {
    const problem = problemOf();
    const result = await check({ ...kernelOf(problem), ...change }, problem);
    assert.equal(result.verdict, "wrong");
    assert.match(wrongText(result), worst);
  });
}

test("a layout with two parameters in one place, or one outside, is wrong", async () => {
  const problem = problemOf();
  const kernel = kernelOf(problem);
  const [first, ...rest] = kernel.layout.layers;
  for (
    const [change, worst] of [
      [{ biasOffset: 0 }, /puts bias 0 of layer 1 at 0, where another parameter is/],
      [{ weightOffset: -1 }, /puts weight \[0\]\[0\] of layer 1 at -1, expected 0 to/],
      [{ outputs: 7 }, /layer 1 is 49 → 7, expected 49 → 8/],
    ] as const
  ) {
    const layout = { ...kernel.layout, layers: [{ ...first, ...change }, ...rest] };
    const result = await check({ ...kernel, layout }, problem);
    assert.equal(result.verdict, "wrong");
    assert.match(wrongText(result), worst);
  }
});
