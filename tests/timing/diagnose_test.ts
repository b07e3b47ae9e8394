import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, slope } from "../support/cli.ts";
import { diagnosed, type Told } from "../support/diagnosed.ts";
import { mnistDirectory, skipWithoutMnist } from "../support/mnist.ts";
import { NEEDS_PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";

const QUESTION = join(PROJECT, "examples/question/question.ts");

const mnist = mnistDirectory();
const ON_MNIST = { ...SLOW, skip: skipWithoutMnist };

test(
  "on MNIST a correct implementation that learns is healthy: code 0",
  ON_MNIST,
  async () => {
    const { code, stdout, stderr } = await slope(["diagnose", "fused_typed", "--data", mnist!]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /✓ HEALTHY/);
  },
);

test(
  "the program of the question: every fault is named, and the suggested fixes work",
  ON_MNIST,
  async () => {
    const ADVICE = ["allocation", "faster-formulation"];
    const examine = async (name: string, ...settings: string[]) => {
      const plugin = ["--plugin", QUESTION, "--preset", "question", "--data", mnist!];
      const { findings, code, healthy } = await diagnosed([name, ...plugin, ...settings]);
      const faults = findings.filter((one) => !ADVICE.includes(one.id));
      assert.deepEqual([healthy, code], faults.length > 0 ? [false, 1] : [true, 0]);
      // Fixed or not, it makes lists of lists, and others are several times faster.
      assert.deepEqual(findings.slice(faults.length).map(({ id }) => id), ADVICE);
      assert.ok(findings[findings.length - 1].factor! > 3);
      return faults;
    };
    const ids = (findings: Told["findings"]) => findings.map(({ id }) => id);

    const first = await examine("question");
    assert.deepEqual(ids(first), [
      "stale-activations",
      "rate-too-small",
      "too-few-updates",
      "saturated-units",
      "accuracy-at-chance",
    ]);
    assert.deepEqual(first[0].layers, [1, 2, 3]);
    assert.deepEqual(ids(await examine("question_ascending")).slice(0, 2), [
      "sign-reversed",
      "stale-activations",
    ]);
    // First fix: each example goes backward before the next one goes forward.
    const corrected = await examine("question_fixed");
    assert.deepEqual(ids(corrected), ids(first).slice(1));
    // Second and third: the minibatch and the rate that the diagnosis names.
    const named = /--batch \d+ --rate [\d.]+/.exec(
      corrected.find(({ id }) => id === "too-few-updates")!.fix,
    )![0].split(" ");
    assert.deepEqual(ids(await examine("question_fixed", ...named)), ["saturated-units"]);
    // Fourth: the initialisation.
    const last = [...named, "--initialisation", "scaled-normal"];
    assert.deepEqual(ids(await examine("question_fixed", ...last)), []);
  },
);

test(
  "the same program in NumPy has the same faults",
  { ...ON_MNIST, ...NEEDS_PYTHON, skip: NEEDS_PYTHON.skip ?? skipWithoutMnist },
  async () => {
    const examine = async (file: string) => {
      const path = join(PROJECT, "examples/question", file);
      const { findings } = await diagnosed([path, "--preset", "question", "--data", mnist!]);
      return findings.map(({ id }) => id);
    };
    const faults = ["rate-too-small", "too-few-updates", "saturated-units", "accuracy-at-chance"];
    const advice = ["faster-formulation"];
    assert.deepEqual(await examine("question.py"), ["stale-activations", ...faults, ...advice]);
    assert.deepEqual(await examine("fixed.py"), [...faults, ...advice]);
  },
);

test(
  "a phase of order m² is found and named, and nothing else is",
  ON_MNIST,
  async () => {
    const plugin = join(PROJECT, "tests/support/planted_phases.ts");
    const told = await diagnosed(["scans_all", "--plugin", plugin, "--data", mnist!]);
    assert.equal(told.code, 1);
    const faults = told.findings.filter(({ id }) => id !== "faster-formulation");
    assert.deepEqual(faults.map(({ id }) => id), ["superlinear", "phase-superlinear"]);
    assert.match(faults[1].evidence, /^Phase "gather" grows as m\^k with k = \d/);
    assert.match(faults[0].fix, /Look at "gather"/);
  },
);
