import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  flags,
  latestTrials,
  PROJECT,
  refusesHere,
  slope,
  slopeHere,
  smallData,
  withFolder,
} from "../support/cli.ts";
import { diagnosed } from "../support/diagnosed.ts";
import { NEEDS_PERL, NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";

const NEEDED = { ...SLOW, ...NEEDS_PYTHON };
const HERE = ["--python", PYTHON ?? ""];
const programs = join(PROJECT, "tests/python");

test("verify judges a Python plug-in and says what it assumed", NEEDED, async () => {
  const options = flags({
    plugin: join(programs, "rows_in_a_loop.py"),
    implementations: "rows_in_a_loop",
    data: smallData(),
    sizes: "100",
  });
  const { code, stdout, stderr } = await slopeHere(["verify", ...options, ...HERE]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^python · m = 100 .*\n.*\n✓ +rows_in_a_loop +reordered/m);
  assert.match(stderr, /assumed: weights = "out,in", .*labels = "one-hot" \(declare/);
});

test(
  "a file may have any name; its program has one without spaces and accents",
  NEEDED,
  async () => {
    await withFolder(async (folder) => {
      const file = join(folder, "größe (1).py");
      writeFileSync(file, readFileSync(join(programs, "rows_in_a_loop.py")));
      const given = { data: smallData(), sizes: "100", plugin: file, implementations: "grosse_1_" };
      const { code, stdout, stderr } = await slopeHere(["verify", ...flags(given), ...HERE]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /^✓ +grosse_1_ /m);
    });
  },
);

test("what a program fixes is the plan's network, where none is given", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    const code = readFileSync(join(programs, "from_a_notebook.py"), "utf8")
      .replace("theirs/", `${programs}/theirs/`).replace("[12, 10, 10]", "[784, 10, 10]");
    writeFileSync(file, code);
    const given = { data: smallData(), sizes: "100", implementations: "mine", plugin: file };
    const verify = ["verify", ...flags(given), ...HERE];
    const { code: exit, stdout } = await slopeHere([...verify, "--format", "json"]);
    assert.equal(exit, 0, stdout);
    const [{ cell }] = JSON.parse(stdout);
    assert.deepEqual(cell.layerSizes, [784, 10, 10]);
    assert.equal(cell.hiddenActivation, "relu");
    assert.equal(cell.outputLoss, "softmax-cross-entropy");
    const other = await slopeHere([...verify, "--loss", "sigmoid-quadratic"]);
    assert.equal(other.code, 1);
    assert.match(other.stdout.replaceAll(/\s+/g, " "), /use --loss softmax-cross-entropy/);
  });
});

test("a Python plug-in is timed in the same rounds, and audited", NEEDED, async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await slope([
      "bench",
      ...flags({
        plugin: join(programs, "one_flat_vector.py"),
        implementations: "one_flat_vector,wasm_sparse",
        data: smallData(),
        sizes: "200",
        rounds: "1",
        epochs: "2",
        "max-sample": "200ms",
        out: folder,
      }),
    ], { SLOPE_PYTHON: PYTHON ?? "" });
    assert.equal(code, 0, stdout + stderr);
    const trials = readFileSync(join(folder, "latest/trials.jsonl"), "utf8").trim().split("\n")
      .map((line) => JSON.parse(line));
    const mine = trials.find(({ cell }) => cell.implementation === "one_flat_vector");
    assert.equal(mine.cell.runtime, "python");
    assert.equal(mine.status, "ok");
    assert.ok(mine.rechecks.steps > 0);
    assert.ok(mine.samplesNs.every((ns: number) => ns > 0));
    assert.ok(mine.memory.peakRssBytes > mine.memory.loadedRssBytes);
    assert.ok(mine.interference.cpuNs > 0);
    const run = JSON.parse(readFileSync(join(folder, "latest/run.json"), "utf8"));
    assert.match(run.environment.runtimes.python, /^3\./);
  });
});

test("an update that is right when verified and lazy when timed is caught", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "lazy.py");
    writeFileSync(
      file,
      `import sys
sys.path.insert(0, ${JSON.stringify(programs)})
from common import backward, forward
labels = "one-hot"
calls = 0
def gradient(weights, biases, X, Y):
    global calls
    calls += 1
    if calls > 60: X, Y = X[:len(X) // 2], Y[:len(Y) // 2]
    a = forward(weights, biases, X)
    return backward(weights, a, (a[-1] - Y) * a[-1] * (1 - a[-1]) / len(X))
`,
    );
    const { code, stderr } = await slopeHere([
      "bench",
      ...flags({
        plugin: file,
        implementations: "lazy",
        data: smallData(),
        sizes: "200",
        rounds: "1",
        epochs: "1",
        "max-sample": "200ms",
        out: folder,
      }),
      ...HERE,
    ]);
    assert.equal(code, 1);
    assert.match(stderr.replaceAll(/\s+/g, " "), /right when verified but wrong in a timed step/);
  });
});

test("a file in place of a name is diagnosed", NEEDED, async () => {
  const file = join(PROJECT, "examples/question/question.py");
  const options = flags({ data: smallData(), sizes: "400", batch: "40", epochs: "1" });
  const { findings, code } = await diagnosed([file, ...options, ...HERE]);
  assert.equal(code, 1);
  assert.equal(findings[0].id, "stale-activations");
  assert.deepEqual(findings[0].layers, [1, 2, 3]);
});

test("a program that fails is examined at no other network", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    writeFileSync(file, "def gradient(weights, biases, images, labels):\n    return nothing\n");
    const options = flags({ data: smallData(), sizes: "100", only: "gradient" });
    const { findings, code } = await diagnosed([file, ...options, ...HERE]);
    assert.deepEqual([findings, code], [[], 1]);
  });
});

test("a program that cannot run ends a command with what to do: code 2", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    const verify = ["verify", ...flags({ plugin: file, data: smallData() })];
    writeFileSync(file, "import nobody_has_this\ndef gradient(w, b, x, y): ...\n");
    await refusesHere(
      [...verify, ...HERE],
      /no package "nobody_has_this" [^]*hint: install it, or .*see docs\/PYTHON\.md/,
    );
    writeFileSync(file, "def gradient(weights, biases, images, labels):\n    return 1 +\n");
    await refusesHere([...verify, ...HERE], /SyntaxError: [^]*mine\.py:2: return 1 \+/);
    await refusesHere(
      [...verify, "--python", "/nowhere/python"],
      /no Python works .*not found/,
    );
  });
});

test("the hint names the script that a plug-in imports, not the plug-in", NEEDED, async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "mine.py");
    const verify = ["verify", ...flags({ plugin: file, data: smallData() }), ...HERE];
    const refused = async (theirs: string, mine: string, told: RegExp) => {
      writeFileSync(join(folder, "theirs.py"), theirs);
      writeFileSync(file, `${mine}\ndef gradient(w, b, x, y): ...\n`);
      await refusesHere(verify, told);
    };
    const take =
      /hint: [^\n]*take what you need of theirs\.py with slope\.definitions\("theirs\.py"\)/;
    await refused("import nobody_has_this\n", "import theirs", take);
    await refused("open('images')\n", "import theirs", take);
    await refused("import nobody_has_this\n", "import slope\nimport theirs", take);
    const load = 'import slope\nslope.definitions("theirs.py")\n';
    const shows = /hint: docs\/PYTHON\.md shows plug-ins that take what they need from a script$/m;
    await refused("", `${load}print(nothing)`, shows);
    await refused("", load.replace("theirs", "gone"), shows);
    await refused("", `${load}import nobody_has_this`, /hint: install it, or leave out the import/);
  });
});

test("a program that speaks the protocol is timed, too", { ...SLOW, ...NEEDS_PERL }, async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await slopeHere([
      "bench",
      ...flags({
        plugin: "cmd: perl examples/perl/mine.pl",
        implementations: "mine",
        data: smallData(),
        layers: "784,10",
        sizes: "40",
        rounds: "1",
        epochs: "1",
        "max-sample": "100ms",
        out: folder,
      }),
    ]);
    assert.equal(code, 0, stdout + stderr);
    const [mine] = latestTrials(folder);
    assert.equal(mine.cell.runtime, "program");
    assert.equal(mine.status, "ok");
    assert.ok((mine.rechecks?.steps ?? 0) > 0);
  });
});
