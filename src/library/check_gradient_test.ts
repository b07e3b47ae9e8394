import assert from "node:assert/strict";
import { test } from "node:test";
import * as lists from "../../examples/lists.ts";
import { InputError } from "../base/errors.ts";
import { assertGradient, checkGradient } from "./check_gradient.ts";
import { gradientOf } from "./gradient_of.ts";

/** A small network, of which every check takes some milliseconds. */
const network = { layerSizes: [20, 6, 5, 4] };
const { gradient: right } = lists;

/** The weight gradient of layer 2 is −1 times the right one. */
const reversed: typeof right = (weights, biases, images, labels) => {
  const [dw, db, loss] = right(weights, biases, images, labels);
  return [dw.map((layer, l) => l === 1 ? layer.map((row) => row.map((x) => -x)) : layer), db, loss];
};

test("a right gradient is right as a function, as a plug-in and as what a file exports", async () => {
  const full = { name: "mine", summary: "", precision: "float64", gradient: right } as const;
  for (const program of [right, lists, full, { default: full }]) {
    const { verdict, findings, relativeErrorByLayer } = await checkGradient(program, { network });
    assert.equal(verdict, "reordered");
    assert.deepEqual(findings, []);
    assert.deepEqual(relativeErrorByLayer.map(({ layer }) => layer), [1, 2, 3]);
    assert.ok(
      relativeErrorByLayer.every(({ weights, biases }) => weights < 1e-12 && biases < 1e-12),
    );
  }
});

test("a wrong gradient is told with its mistake, its layer and the error of every layer", async () => {
  const check = await checkGradient(reversed, { network });
  assert.equal(check.verdict, "wrong");
  assert.deepEqual(check.findings.map(({ id, layers }) => [id, layers]), [["sign-reversed", [2]]]);
  const [first, second, third] = check.relativeErrorByLayer;
  assert.ok(Math.abs(second.weights - 2) < 1e-9);
  assert.ok([first.weights, second.biases, third.weights].every((error) => error < 1e-12));
  assert.match(check.text, /^the gradient is wrong: sign-reversed, layer 2 \(20-6-5-4, /);
  assert.match(check.text, /layer 2: weights 2\.00, biases /);
  assert.match(check.text, /fix: /);
});

test("a gradient that is wrong only for long minibatches is wrong where these are asked for", async () => {
  for (const [rows, batchSize] of [[61, 128], [127, 128], [60, 61], [4095, 60_000]]) {
    let longest = 0;
    const breaks: typeof right = (weights, biases, images, labels) => {
      longest = Math.max(longest, images.length);
      const told = right(weights, biases, images, labels);
      return images.length > rows ? [told[0], told[1].map((b) => b.map(() => 0)), told[2]] : told;
    };
    const check = await checkGradient(breaks, { network, batchSize });
    assert.equal(check.verdict, "wrong", `${rows} rows of ${batchSize}`);
    assert.equal(longest, Math.min(batchSize, 4096));
    assert.equal((await checkGradient(right, { network, batchSize })).verdict, "reordered");
  }
});

/** A right softmax with cross-entropy, in which `epsilonAt` a number of rows is added to every output. */
const softmaxWith =
  (epsilonAt: (rows: number) => number): typeof right => (w, b, images, labels) => {
    const last = w.length - 1;
    const forward = images.map((image) => {
      const layers = [Array.from(image)];
      for (const [l, rows] of w.entries()) {
        const z = rows.map((row, o) =>
          row.reduce((sum, one, i) => sum + one * layers[l][i], b[l][o])
        );
        const powers = z.map((one) => Math.exp(one - Math.max(...z)));
        const sum = powers.reduce((all, one) => all + one);
        layers.push(
          l === last ? powers.map((one) => one / sum) : z.map((one) => 1 / (1 + Math.exp(-one))),
        );
      }
      return layers;
    });
    const dw = w.map((layer) => layer.map((row) => Array.from(row, () => 0)));
    const db = b.map((layer) => Array.from(layer, () => 0));
    let loss = 0;
    const epsilon = epsilonAt(images.length);
    for (const [n, layers] of forward.entries()) {
      loss -= Math.log(layers[last + 1][labels[n]] + epsilon) / images.length;
      let delta = layers[last + 1].map((a, k) => a - Number(k === labels[n]));
      for (let l = last; l >= 0; l--) {
        for (const [o, d] of delta.entries()) {
          db[l][o] += d / images.length;
          layers[l].forEach((a, i) => dw[l][o][i] += d * a / images.length);
        }
        delta = layers[l].map((a, i) =>
          delta.reduce((sum, d, o) => sum + d * w[l][o][i], 0) * a * (1 - a)
        );
      }
    }
    return [dw, db, loss];
  };

test("a harmless ε in a logarithm passes with a note, for long minibatches, too", async () => {
  const ofSoftmax = { ...network, outputLoss: "softmax-cross-entropy" } as const;
  for (const batchSize of [10, 128]) {
    const options = { network: ofSoftmax, batchSize };
    for (const epsilon of [1e-8, 1e-5]) {
      const program = softmaxWith(() => epsilon);
      const { verdict, findings, text } = await checkGradient(program, options);
      assert.deepEqual([verdict, findings.map(({ id }) => id)], [
        "small-constant",
        ["small-constant"],
      ]);
      assert.match(text, /^the gradient is right but for a harmless constant: small-constant/);
      assert.match(text, /That is harmless/);
      await assertGradient(program, options);
    }
    const large = softmaxWith(() => 0.005);
    await assert.rejects(assertGradient(large, options), /the gradient is wrong: loss-mismatch/);
  }
  const breaks = softmaxWith((rows) => rows > 60 ? 0.3 : 1e-5);
  await assert.rejects(
    assertGradient(breaks, { network: ofSoftmax, batchSize: 128 }),
    /the gradient is wrong: small-constant, .*; a minibatch of 128 is not the mean of its parts/,
  );
});

test("a sum that is returned for a mean is wrong, although it is right up to a constant", async () => {
  const summed: typeof right = (weights, biases, images, labels) => {
    const [dw, db, loss] = right(weights, biases, images, labels);
    const times = images.length;
    return [
      dw.map((layer) => layer.map((row) => row.map((x) => times * x))),
      db.map((layer) => layer.map((x) => times * x)),
      loss,
    ];
  };
  assert.equal((await checkGradient(summed, { network })).verdict, "wrong");
  await assert.rejects(assertGradient(summed, { network }), { name: "WrongGradient" });
});

test("the same seed gives the same check", async () => {
  const [a, b] = [
    await checkGradient(reversed, { network }),
    await checkGradient(reversed, { network }),
  ];
  assert.deepEqual(a, b);
});

test("assertGradient passes a right gradient, and throws what a runner prints, with the place of its call", async () => {
  await assertGradient(right, { network });
  const error = await assertGradient(reversed, { network }).then(() => undefined, (error) => error);
  assert.equal(error.name, "WrongGradient");
  assert.match(error.message, /sign-reversed, layer 2/);
  assert.match(error.stack, /check_gradient_test\.ts/);
  assert.deepEqual(error.check.findings.map(({ id }: { id: string }) => id), ["sign-reversed"]);
  assert.ok(!Object.keys(error).includes("check"), "runners print what can be enumerated");
});

test("a gradient without form is wrong, and what is no gradient is told as such", async () => {
  const noise: typeof right = (weights, biases, images, labels) => {
    const [dw, db, loss] = right(weights, biases, images, labels);
    return [
      dw.map((layer, l) =>
        layer.map((row, o) => row.map((x, i) => x + Math.sin(9 * weights[l][o][i] + o * i)))
      ),
      db,
      loss,
    ];
  };
  const { verdict, text } = await checkGradient(noise, { network });
  assert.equal(verdict, "wrong");
  assert.match(text, /^the gradient is wrong: unexplained/);
  const empty = { name: "mine", summary: "", precision: "float64", prepare: () => () => "none" };
  const odd = await checkGradient(empty as never, { network });
  assert.equal(odd.verdict, "wrong");
  assert.match(odd.text, /lossAndGradient returned|NaN|not finite/);
});

test("what is no program, no network or no number is refused with a hint", async () => {
  const refused = async (program: unknown, options: object, pattern: RegExp) => {
    const error = await checkGradient(program as never, options).then(
      () => undefined,
      (one) => one,
    );
    assert.ok(error instanceof InputError, String(error));
    assert.match(`${error.message} | ${error.hint}`, pattern);
  };
  await refused("mine.py", {}, /"mine.py" is the address of a file \| .*slope diagnose/);
  await refused(undefined, {}, /it is undefined/);
  await refused({}, {}, /it has no export/);
  await refused({ a: lists, b: 3 }, {}, /export "a"/);
  await refused(right, { network: { layerSizes: [20] } }, /1 of the 2 layer sizes/);
  await refused(right, { network: { outputLoss: "mse" } }, /outputLoss is "mse"/);
  await refused(right, { network, batchSize: 0.5 }, /batchSize is 0.5/);
  const fixed = { name: "mine", summary: "", precision: "float64", gradient: right, network };
  await refused(fixed, { network: { layerSizes: [9, 4] } }, /it declares 20,6,5,4/);
});

test("what a program throws is passed on", async () => {
  await assert.rejects(
    checkGradient(() => {
      throw new RangeError("boom");
    }, { network }),
    /boom/,
  );
});

test("gradientOf is the derivative of its own loss", () => {
  const parameters = {
    weights: [[[0.5, -1, 0.25], [1, 0.3, -0.6]], [[0.2, -0.7]]],
    biases: [[0.1, -0.2], [0.4]],
  };
  const batch = { images: [[1, 0.2, 0], [0, 0.7, 0.4]], labels: Uint8Array.of(0, 0) };
  const small = { layerSizes: [3, 2, 1] };
  const { weights, biases, loss } = gradientOf(small, parameters, batch);
  const step = 1e-6;
  const lossAt = (change: (copy: typeof parameters) => void) => {
    const copy = structuredClone(parameters);
    change(copy);
    return gradientOf(small, copy, batch).loss;
  };
  const slope = (change: (copy: typeof parameters, by: number) => void) =>
    (lossAt((copy) => change(copy, step)) - lossAt((copy) => change(copy, -step))) / (2 * step);
  assert.ok(loss > 0);
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-8, `${a} and ${b}`);
  close(weights[0][1][2], slope((copy, by) => copy.weights[0][1][2] += by));
  close(weights[1][0][1], slope((copy, by) => copy.weights[1][0][1] += by));
  close(biases[0][0], slope((copy, by) => copy.biases[0][0] += by));
});

test("gradientOf names the list that does not fit the network", () => {
  const parameters = { weights: [[[0.5, -1]]], biases: [[0.1]] };
  const images = [[1, 0.25]];
  const refused = (changed: object, batch: object, pattern: RegExp) =>
    assert.throws(
      () =>
        gradientOf({ layerSizes: [2, 1] }, { ...parameters, ...changed }, {
          images,
          labels: [0],
          ...batch,
        }),
      pattern,
    );
  refused({ weights: [[[0.5]]] }, {}, /weights\[0\]\[0\] is a list of 1, expected a list of 2/);
  refused({ biases: [] }, {}, /biases is a list of 0/);
  refused({}, { labels: [1] }, /labels\[0\] is 1, expected a whole number from 0 to 0/);
  refused({}, { images: [] }, /labels is a list of 1, expected a list of 0/);
});
