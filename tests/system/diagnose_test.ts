import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { flags, PROJECT, slope, smallData, withFolder, writePlugin } from "../support/cli.ts";
import { mnistDirectory, skipWithoutMnist } from "../support/mnist.ts";
import { SLOW } from "../support/slow.ts";

const QUESTION = join(PROJECT, "examples/question/question.ts");

interface Told {
  readonly healthy: boolean;
  readonly findings: {
    id: string;
    layers: number[];
    factor?: number;
    evidence: string;
    fix: string;
  }[];
}

async function diagnosed(args: readonly string[]): Promise<Told & { code: number | null }> {
  const { code, stdout, stderr } = await slope(["diagnose", ...args, "--format", "json"]);
  assert.ok(code === 0 || code === 1, stderr);
  return { code, ...JSON.parse(stdout) };
}

test("a wrong gradient is named in JSON and in words, code 1", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "mine.ts",
      `import { fusedTyped } from ${
        JSON.stringify(join(PROJECT, "src/gradients/fused_typed/fused_typed.ts"))
      };
       export default {
         ...fusedTyped,
         name: "mine",
         async open(problem) {
           const kernel = await fusedTyped.open(problem);
           return {
             ...kernel,
             lossAndGradient(batch) {
               const loss = kernel.lossAndGradient(batch);
               for (let p = 0; p < kernel.gradient.length; p++) kernel.gradient[p] *= -2;
               return loss;
             },
           };
         },
       };`,
    );
    const args = ["diagnose", ...flags({ plugin, data: smallData(), epochs: "1" })];
    const told = await diagnosed(args.slice(1));
    assert.equal(told.code, 1);
    assert.equal(told.healthy, false);
    const [sign, scale] = told.findings;
    assert.deepEqual([sign.id, sign.layers], ["sign-reversed", [1, 2, 3]]);
    assert.deepEqual([scale.id, scale.layers, scale.factor], ["scale", [1, 2, 3], 2]);
    const { code, stdout } = await slope(args);
    assert.equal(code, 1);
    assert.match(stdout, /✗ 1\. sign-reversed, layers 1, 2, 3\n +seen: .+\n[^]*fix: /);
    assert.match(stdout, /✗ 2\. scale, layers 1, 2, 3, factor 2/);
  });
});

test("a plug-in that dies is told as not examined, code 1", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "dies.ts",
      `export default { name: "dies", summary: "s", precision: "float64",
         prepare() { throw new Error("no such luck"); } };`,
    );
    const { code, stdout } = await slope(["diagnose", ...flags({ plugin, data: smallData() })]);
    assert.equal(code, 1);
    assert.match(stdout, /✗ not examined: gradient: start: no such luck/);
  });
});

test("without a name, or with an unknown one, nothing is examined: code 2", SLOW, async () => {
  const none = await slope(["diagnose", ...flags({ data: smallData() })]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no implementation is named\nremedy: /);
  const unknown = await slope(["diagnose", "fused_tiped", ...flags({ data: smallData() })]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /did you mean "fused_typed"/);
});

const mnist = mnistDirectory();
const ON_MNIST = { ...SLOW, skip: skipWithoutMnist };

test(
  "on MNIST an implementation that is right and learns is healthy: code 0",
  ON_MNIST,
  async () => {
    const { code, stdout, stderr } = await slope(["diagnose", "fused_typed", "--data", mnist!]);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /✓ healthy/);
  },
);

test(
  "the program of the question: every fault is named, and their fixes lead out",
  ON_MNIST,
  async () => {
    const ADVICE = ["allocation", "faster-formulation"];
    const examine = async (name: string, ...settings: string[]) => {
      const plugin = ["--plugin", QUESTION, "--preset", "question", "--data", mnist!];
      const { findings, code, healthy } = await diagnosed([name, ...plugin, ...settings]);
      const faults = findings.filter((one) => !ADVICE.includes(one.id));
      assert.deepEqual([healthy, code], faults.length > 0 ? [false, 1] : [true, 0]);
      // Mended or not, it makes lists of lists, and others are several times faster.
      assert.deepEqual(findings.slice(faults.length).map(({ id }) => id), ADVICE);
      assert.ok(findings[findings.length - 1].factor! > 3);
      return faults;
    };
    // Whether the loss has moved by a hundredth depends on how many updates a machine makes in its time.
    const ids = (findings: Told["findings"]) =>
      findings.map(({ id }) => id).filter((id) => id !== "loss-flat");

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
    const mended = await examine("question_mended");
    assert.deepEqual(ids(mended), ids(first).slice(1));
    // Second and third: the minibatch and the rate that the diagnosis names.
    const named = /--batch \d+ --rate [\d.]+/.exec(
      mended.find(({ id }) => id === "too-few-updates")!.fix,
    )![0].split(" ");
    assert.deepEqual(ids(await examine("question_mended", ...named)), ["saturated-units"]);
    // Fourth: the initialisation.
    const last = [...named, "--initialisation", "scaled-normal"];
    assert.deepEqual(ids(await examine("question_mended", ...last)), []);
  },
);

test(
  "a phase of order m² is found and named; nothing else is accused",
  ON_MNIST,
  async () => {
    const plugin = join(PROJECT, "tests/support/planted_phases.ts");
    const told = await diagnosed(["scans_all", "--plugin", plugin, "--data", mnist!]);
    assert.equal(told.code, 1);
    const faults = told.findings.filter(({ id }) => id !== "faster-formulation");
    assert.deepEqual(faults.map(({ id }) => id), ["superlinear", "phase-superlinear"]);
    assert.match(faults[1].evidence, /^Phase "gather" grows as m\^k, k = \d/);
    assert.match(faults[0].fix, /Look at "gather"/);
  },
);
