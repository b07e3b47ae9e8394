/** The code in fixes does what it is proposed for: it runs, and gives the right numbers. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { NEEDS_PYTHON, PYTHON } from "../../../tests/support/python.ts";
import type { Finding } from "../../format/finding.ts";
import { wordsOf } from "./finding_words.ts";
import type { Language } from "./told.ts";

/** What stands between backticks in a fix. */
function codeIn(finding: Partial<Finding> & { id: string }, language: Language): string[] {
  const { fix } = wordsOf({ layers: [1], ...finding } as Finding, language);
  return [...fix.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
}

const SCALE = {
  id: "scale",
  factor: 10,
  times: 1,
  divisor: "nothing",
  longestMinibatch: 10,
} as Partial<Finding> & { id: string };
const OVERFLOW = { id: "overflow", parts: [], minibatches: 7, broken: 0, enlarged: 8 } as
  & Partial<
    Finding
  >
  & { id: string };

/** Checks of one code: statements, after which `found` must equal `right`. */
interface Check {
  readonly code: string;
  readonly found: string;
  readonly right: string;
}

const check = (code: string | undefined, found: string, right: string): Check => {
  assert.ok(code !== undefined, `no code for ${right}`);
  return { code, found, right };
};

/** An expression in place of a statement. */
const valueOf = (code: string | undefined, right: string) =>
  check(`found = ${code}`, "found", right);

const SETUP = `
import json, sys, numpy as np
def scope():
    rng = np.random.default_rng(1)
    B, n_in, n_out = 5, 4, 3
    z = rng.normal(size=(B, n_out)); labels = rng.integers(0, n_out, B)
    return dict(np=np, B=B, n_in=n_in, n_out=n_out, classes=n_out, labels=labels, z=z,
        W=rng.normal(size=(n_out, n_in)), b=rng.normal(size=n_out), x=rng.normal(size=(B, n_in)),
        delta=rng.normal(size=(B, n_out)), y=np.eye(n_out)[labels], images=rng.normal(size=(B, n_in)),
        slope="the module that plug-ins import", dW=np.ones((n_out, n_in)), db=np.ones(n_out), sigmoid=lambda z: 1 / (1 + np.exp(-z)))
for one in json.load(sys.stdin):
    names = scope(); exec(one["before"], names)
    right = eval(one["right"], names); exec(one["code"], names)
    np.testing.assert_allclose(eval(one["found"], names), right, rtol=1e-6, err_msg=one["code"])
    assert names["slope"] == scope()["slope"], one["code"]
`;

test("fixes in NumPy give the right numbers", NEEDS_PYTHON, () => {
  const [sum, sumOfColumns] = codeIn({ id: "bias-ignored" }, "python");
  const [back, backInColumns] = codeIn({ id: "missing-hidden-derivative" }, "python");
  const [slope, ofTanh, ofRelu] = codeIn({ id: "derivative-of-activation" }, "python");
  const [output] = codeIn({ id: "missing-output-derivative" }, "python");
  const [softmax] = codeIn({ id: "rows-interact", form: "softmax-over-all" }, "python");
  const [bias] = codeIn({ id: "bias-reduction" }, "python");
  const [oneHot] = codeIn({ id: "target-coding" }, "python");
  const [rows] = codeIn({ id: "shared-rows" }, "python");
  const [product] = codeIn({ id: "gradient-layout", form: "transposed" }, "python");
  const [decayed] = codeIn({ id: "weight-decay", form: "over-rows", value: 0.1 }, "python");
  const [weights, biases] = codeIn(SCALE, "python");
  const [powers, outputs, logistic, logarithm] = codeIn(OVERFLOW, "python");
  const all: (Check & { before: string })[] = [
    ["a = x", check(sum, "z", "np.einsum('bi,oi->bo', x, W) + b")],
    ["a, b = x.T, b[:, None]", check(sumOfColumns, "z", "(np.einsum('bi,oi->bo', x, W) + b.T).T")],
    ["f_prime = x", check(back, "delta", "np.einsum('bo,oi->bi', delta, W) * x")],
    [
      "f_prime = x.T; kept = delta; delta = delta.T",
      valueOf(backInColumns, "(np.einsum('bo,oi->bi', kept, W) * x).T"),
    ],
    ["a = sigmoid(z)", check(slope, "f_prime", "(sigmoid(z + 1e-5) - sigmoid(z - 1e-5)) / 2e-5")],
    ["a = np.tanh(z)", valueOf(ofTanh, "(np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5")],
    ["a = np.maximum(z, 0)", valueOf(ofRelu, "(z > 0).astype(float)")],
    [
      "a = sigmoid(z); cost = lambda z: (sigmoid(z) - y) ** 2 / 2",
      check(output, "delta", "(cost(z + 1e-5) - cost(z - 1e-5)) / 2e-5"),
    ],
    ["", check(softmax, "a", "np.array([np.exp(r) / sum(np.exp(r)) for r in z])")],
    ["", check(bias, "db", "np.array([np.mean(c) for c in delta.T])")],
    ["", check(oneHot, "y", "np.array([[float(k == l) for k in range(classes)] for l in labels])")],
    ["", check(`rows = ${rows}\nrows[0][0] = 1`, "np.sum(rows)", "1")],
    ["a = x", check(product, "dW", "sum(np.outer(d, r) for d, r in zip(delta, x))")],
    ["a, lam = x, 0.1", check(decayed, "dW", "delta.T @ x / B + lam * W")],
    ["", check(`${weights}\n${biases}`, "dW.sum() + db.sum()", "15 / 5")],
    ["", check(`${powers}\nfound = ${outputs}`, "found.sum(axis=1)", "np.ones(B)")],
    ["", valueOf(logistic, "np.exp(z) / (1 + np.exp(z))")],
    [
      "",
      check(
        `${powers}\nfound = ${logarithm}`,
        "found",
        "np.array([-np.log(np.exp(r[l]) / sum(np.exp(r))) for r, l in zip(z, labels)])",
      ),
    ],
  ].map(([before, one]) => ({ before: before as string, ...one as Check }));
  execFileSync(PYTHON!, ["-c", SETUP], {
    input: JSON.stringify(all),
    stdio: ["pipe", "pipe", "pipe"],
  });
});

test("fixes in TypeScript give the right numbers", () => {
  const [w, a, b] = [[[1, 2], [3, 4], [5, 6]], [0.5, 0.25], [0.1, 0.2, 0.3]];
  const delta = [1, 2, 3];
  /** Runs code with these names, and gives the value of an expression. */
  const run = (code: string, found: string, names: Record<string, unknown>): unknown =>
    new Function(...Object.keys(names), `${code};\nreturn ${found};`)(...Object.values(names));
  const [sum] = codeIn({ id: "bias-ignored" }, "typescript");
  assert.equal(run(sum, "z[1]", { z: [], w, a, b, o: 1 }), 0.2 + 3 * 0.5 + 4 * 0.25);
  const [back] = codeIn({ id: "untransposed-backprop" }, "typescript");
  const slope = (one: number) => one * (1 - one);
  assert.equal(
    run(back, "below[1]", { below: [], slope, a, delta, w, i: 1 }),
    0.1875 * (2 + 8 + 18),
  );
  const [first, ofTanh, ofRelu] = codeIn({ id: "wrong-slope", form: "a" }, "typescript");
  assert.equal(run(`let ${first}`, "slope", { a: 0.25 }), 0.1875);
  assert.deepEqual([run("", ofTanh, { a: 0.5 }), run("", ofRelu, { a: 0.5 })], [0.75, 1]);
  const [output] = codeIn({ id: "missing-output-derivative" }, "typescript");
  assert.equal(run(output, "delta[0]", { delta: [], a, y: [1], k: 0 }), -0.125);
  const [rows] = codeIn({ id: "shared-rows" }, "typescript");
  assert.deepEqual(run(`const all = ${rows}; all[0][0] = 1`, "all", { nOut: 2, nIn: 2 }), [[1, 0], [
    0,
    0,
  ]]);
  const [bias] = codeIn({ id: "bias-reduction" }, "typescript");
  assert.equal(run(bias, "db[2]", { db: [0, 0, 1], delta, o: 2 }), 4);
  const [oneHot] = codeIn({ id: "labels-shifted" }, "typescript");
  assert.equal(run(oneHot, "y[2]", { y: [], k: 2, label: 2 }), 1);
  const [product] = codeIn({ id: "wrong-activation", form: "z-in-product" }, "typescript");
  assert.equal(run(product, "dW[1][0]", { dW: [[], [1]], delta, a, o: 1, i: 0 }), 2);
});

test("a loss that Slope has is asked for by its name", () => {
  const finding = { id: "other-loss", layers: [2], form: "softmax-cross-entropy" } as Finding;
  assert.match(wordsOf(finding, "python").fix, /declare .*: loss = "softmax-cross-entropy"\.$/);
  assert.match(wordsOf(finding, "typescript").fix, /ask for .*: --loss softmax-cross-entropy\.$/);
});
