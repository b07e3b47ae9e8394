import assert from "node:assert/strict";
import test from "node:test";
import type { Kernel, Problem, SyncKernel } from "../gradients/contract.ts";
import { candidates } from "../../tests/support/available_implementations.ts";
import { initialParameters } from "../model/initialise.ts";
import { HIDDEN_ACTIVATIONS, INITIALISATIONS, OUTPUT_LOSSES } from "../model/network.ts";
import type { VerifyOptions } from "./verification_points.ts";
import { verify } from "./verify_kernel.ts";
import {
  check,
  type Compute,
  kernelOf,
  NETWORK,
  oracleOf,
  problemOf,
} from "../../tests/support/canonical_kernel.ts";
import { networkOf, problemOf as randomProblemOf } from "../../tests/support/problems.ts";
import { wrongText } from "../report/fault_words.ts";

const all = await candidates();
for (const { implementation, skip } of all) {
  const { name, precision, needs } = implementation;
  // Seeds per initialisation. An emulated device takes milliseconds per step.
  const seeds = needs?.includes("gpu") ? 1 : 10;
  const honest = precision === "float64" ? ["exact", "reordered"] : ["lower-precision"];

  for (const hiddenActivation of HIDDEN_ACTIVATIONS) {
    for (const outputLoss of OUTPUT_LOSSES) {
      test(
        `${name} is verified at ${2 * seeds} starts: ${hiddenActivation}, ${outputLoss}`,
        { skip },
        async () => {
          const problem = problemOf({ ...NETWORK, hiddenActivation, outputLoss });
          const kernel = await implementation.open(problem);
          for (const initialisation of INITIALISATIONS) {
            for (let seed = 1; seed <= seeds; seed++) {
              const initial = initialParameters(problem.network, initialisation, seed);
              const result = await verify(kernel, precision, problem, initial, { seed });
              assert.ok(honest.includes(result.verdict), `seed ${seed}: ${JSON.stringify(result)}`);
              assert.ok(result.maxRelativeError! <= result.tolerance);
            }
          }
          await kernel[Symbol.asyncDispose]();
        },
      );
    }
  }
}

test("the tolerance of the default network is near the rounding of each precision", async () => {
  const problem = problemOf({ ...NETWORK, layerSizes: [784, 16, 16, 10] });
  for (const { implementation } of all.filter(({ skip }) => !skip)) {
    const kernel = await implementation.open(problem);
    const result = await check(kernel, problem, implementation.precision);
    await kernel[Symbol.asyncDispose]();
    const [least, most] = implementation.precision === "float64" ? [1e-15, 1e-11] : [1e-6, 1e-3];
    assert.ok(result.tolerance > least && result.tolerance < most, JSON.stringify(result));
  }
});

test("the oracle itself is exact; the same numbers summed in another order are reordered", async () => {
  const problem = problemOf();
  const exact = await check(kernelOf(problem), problem);
  assert.equal(exact.verdict, "exact");
  assert.equal(exact.maxRelativeError, 0);
  const oracle = oracleOf(problem);
  const reversed = await check(
    kernelOf(problem, (p, batch, g) => oracle(p, batch.toReversed(), g)),
    problem,
  );
  assert.equal(reversed.verdict, "reordered");
  assert.ok(reversed.maxRelativeError! > 0);
});

test("a kernel's own descend is checked", async () => {
  const problem = problemOf();
  const kernel = kernelOf(problem);
  const descending = (factor: number): SyncKernel => ({
    ...kernel,
    descend(rate) {
      kernel.parameters.forEach((value, p) => {
        kernel.parameters[p] = value - factor * rate * kernel.gradient[p];
      });
    },
  });
  assert.equal((await check(descending(1), problem)).verdict, "exact");
  const result = await check(descending(-1), problem);
  assert.equal(result.verdict, "wrong");
  assert.match(wrongText(result), /descend\(0\.5\) turned parameter/);
});

test("an async kernel is called through push and pull", async () => {
  const problem = problemOf();
  const device = kernelOf(problem);
  const host = kernelOf(problem);
  const kernel: Kernel = {
    ...host,
    mode: "async",
    push: () => Promise.resolve(device.parameters.set(host.parameters)),
    lossAndGradient: (batch) => Promise.resolve(device.lossAndGradient(batch)),
    pull() {
      host.parameters.set(device.parameters);
      host.gradient.set(device.gradient);
      return Promise.resolve();
    },
  };
  kernel.parameters.fill(0.25);
  assert.equal((await check(kernel, problem)).verdict, "exact");
  assert.ok(device.parameters.every((value) => value === 0.25), "the device was not restored");
});

test("parameters are left as they were found, also when the kernel throws", async () => {
  const problem = problemOf();
  for (const compute of [oracleOf(problem), () => assert.fail("planted")] as Compute[]) {
    const kernel = kernelOf(problem, compute);
    kernel.parameters.forEach((_, p) => kernel.parameters[p] = p);
    await check(kernel, problem).catch((error) => assert.match(String(error), /planted/));
    assert.ok(kernel.parameters.every((value, p) => value === p));
  }
});

/** Lengths of the minibatches in a kernel's calls, in order. */
async function askedLengths(problem: Problem, options?: VerifyOptions): Promise<number[]> {
  const oracle = oracleOf(problem);
  const lengths: number[] = [];
  const kernel = kernelOf(problem, (p, batch, g) => {
    lengths.push(batch.length);
    assert.ok(batch.length <= problem.maxBatchSize && batch.length <= problem.dataset.count);
    return oracle(p, batch, g);
  });
  await check(kernel, problem, "float64", options);
  return lengths;
}

test("minibatches of 1, 2, 7, B and the ragged rest are checked at each of three points", async () => {
  const once = [10, 1, 7, 2, 3];
  assert.deepEqual(await askedLengths(problemOf()), [...once, ...once, ...once]);
});

test("no minibatch is longer than B or than the subset", async () => {
  assert.deepEqual(new Set(await askedLengths(problemOf(NETWORK, 43, 1))), new Set([1]));
  assert.deepEqual(new Set(await askedLengths(problemOf(NETWORK, 1, 10))), new Set([1]));
  assert.deepEqual(new Set(await askedLengths(problemOf(NETWORK, 5, 10))), new Set([5, 1, 2]));
});

test("a long minibatch is checked once, and a very long one in part", async () => {
  const problem = problemOf(NETWORK, 120, 100);
  const limits = { everyPointRows: 50, longestRows: 200 };
  const whole = await askedLengths(problem, limits);
  assert.equal(whole.filter((length) => length === 100).length, 1);
  const part = await askedLengths(problem, { everyPointRows: 50, longestRows: 80 });
  assert.equal(part.filter((length) => length === 80).length, 1);
  assert.equal(Math.max(...part), 80);
});

test("an honest kernel passes where relu is 0 for most rows, whose bound is 0", async () => {
  const network = { ...NETWORK, layerSizes: [3, 2, 2], hiddenActivation: "relu" } as const;
  const problem = problemOf(network, 40, 40);
  const { pixels, features } = problem.dataset;
  pixels.fill(0);
  for (const row of [38, 39]) pixels[row * features] = 255;
  const initial = Float64Array.of(4, 0, 0, 4, 0, 0, -1, -1, 0.3, 0.2, -0.4, 0.5, 0.1, -0.2);
  const oracle = oracleOf(problem);
  for (let seed = 1; seed <= 6; seed++) {
    const kernel = kernelOf(problem, (parameters, batch, gradient) => {
      const loss = oracle(parameters, batch, gradient);
      gradient.forEach((g, p) => gradient[p] = g * (1 + 2 ** -51)); // as another order of sums
      return loss;
    });
    const { verdict } = await verify(kernel, "float64", problem, initial, { seed });
    assert.equal(verdict, "reordered", `seed ${seed}`);
  }
});

test("a loss that people clip is right where training comes, and wrong far beyond", async () => {
  const network = networkOf([30, 12, 12, 6], "relu", "softmax-cross-entropy");
  const problem = randomProblemOf(network, 40, 7);
  const oracle = oracleOf(problem);
  // log(max(p, 10⁻⁷)), row by row
  const clipped: Compute = (p, batch, gradient) => {
    const losses = [...batch].map((row) => oracle(p, Uint32Array.of(row), gradient));
    oracle(p, batch, gradient);
    return losses.reduce((sum, loss) => sum + Math.min(loss, -Math.log(1e-7)), 0) / batch.length;
  };
  const verdict = async (options?: VerifyOptions) =>
    await check(kernelOf(problem, clipped), problem, "float64", options);
  const usual = await verdict();
  assert.notEqual(usual.verdict, "wrong", JSON.stringify(usual));
  const far = await verdict({ mostCrossEntropy: Infinity });
  assert.equal(far.verdict, "wrong");
  assert.deepEqual([far.worst?.part, far.worst?.point], ["loss", "saturated"]);
});
