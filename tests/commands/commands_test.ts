import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { PLAN_FIELDS } from "../../src/format/plan_fields.ts";
import { IMPLEMENTATIONS } from "../../src/gradients/all.ts";
import { findRuntime } from "../../src/trial/runtimes.ts";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import {
  briefPlan,
  flags,
  latestTrials,
  NO_PYTHON,
  PROJECT,
  slope,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";
import { unavailableText } from "../../src/report/reason_words.ts";
import { skipFor } from "../support/skips.ts";

/** A sweep of the brief plan over one subset, in one round. */
const bench = (out: string, ...more: string[]) =>
  slope([
    "bench",
    ...flags({ data: smallData(), plan: briefPlan(), out, sizes: "200", rounds: "1", epochs: "1" }),
    ...more,
  ]);

const COMMANDS = [
  "bench",
  "list",
  "verify",
  "train",
  "choose",
  "profile",
  "diagnose",
  "compare",
  "history",
  "report",
  "serve",
  "data",
  "config",
  "submit",
  "init",
];

test("the version is that of package.json and deno.json", SLOW, async () => {
  const [{ version }, { version: inDeno }] = ["package.json", "deno.json"]
    .map((file) => JSON.parse(readFileSync(join(PROJECT, file), "utf8")));
  assert.equal(inDeno, version);
  assert.equal(SLOPE_VERSION, version);
  assert.equal((await slope(["--version"])).stdout.trim(), version);
});

test("help names every command, and every command has help of its own", SLOW, async () => {
  const { code, stdout } = await slope(["--help"]);
  assert.equal((await slope(["-h"])).stdout, stdout);
  assert.equal(code, 0);
  for (const command of COMMANDS) {
    assert.match(stdout, new RegExp(`\\b${command}\\b`));
    const help = await slopeHere([command, "--help"]);
    assert.equal(help.code, 0, command);
    assert.match(help.stdout, new RegExp(`slope ${command}`));
  }
});

test("bench has an option for every field of a plan", SLOW, async () => {
  const { stdout } = await slope(["bench", "--help"], { COLUMNS: "200" });
  for (const { flag } of Object.values(PLAN_FIELDS)) {
    assert.match(stdout, new RegExp(`^ +--${flag}\\b`, "m"));
  }
});

test("shells get completion scripts", SLOW, async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await slopeHere(["completion", shell]);
    assert.equal(code, 0, shell);
    assert.match(stdout, /slope/);
  }
});

test(
  "without a command, or with an unknown one, usage is shown and the code is 2",
  SLOW,
  async () => {
    assert.equal((await slope([])).code, 2);
    const { code, stderr } = await slope(["bensh"]);
    assert.equal(code, 2);
    assert.match(stderr, /bensh/);
  },
);

test(
  "list shows implementations, runtimes and data, or why they are not available",
  SLOW,
  async () => {
    const { code, stdout } = await slope(
      ["list", "--format", "json", "--runtime-path", "bun=/nowhere/bun"],
      { ...NO_PYTHON, SLOPE_DATA: smallData() },
    );
    assert.equal(code, 0);
    const told = JSON.parse(stdout);
    const names = told.implementations.map(({ name }: { name: string }) => name);
    assert.deepEqual(names.slice(0, 3), ["naive_loop", "outer_product", "fused_typed"]);
    const bun = told.runtimes.find(({ name }: { name: string }) => name === "bun");
    assert.equal(bun.available, false);
    assert.match(unavailableText(bun.reason), /nowhere.bun.*--runtime-path/);
    const folder = told.data.find(({ place }: { place: string }) => place === "$SLOPE_DATA");
    assert.equal(folder.available, true);
    const text = (await slope(["list"], NO_PYTHON)).stdout;
    assert.match(text, /fused_typed/);
    // How much there is comes first, then what lacks.
    assert.match(
      text,
      /^\d+ of \d+ implementations, \d+ of \d+ peers and \d of 3 runtimes can run/,
    );
    assert.match(text, /\nNot here: [^]*numpy_batch/);
    await withFolder(async (folder) => {
      const plugin = writePlugin(
        folder,
        "mine.ts",
        `export default { name: "mine", summary: "s", precision: "float64",
           probe: () => ({ available: false, reason: "no licence" }), prepare() {} };`,
      );
      const { stdout } = await slopeHere(["list", ...flags({ plugin })], { env: NO_PYTHON });
      assert.match(stdout, /^✗ mine cannot run here: no licence\.\n/);
    });
  },
);

test(
  "verify checks every implementation and times nothing; 1 when one is wrong",
  SLOW,
  async () => {
    const right = await slope(["verify", "--data", smallData(), "--format", "json"]);
    assert.equal(right.code, 0, right.stderr);
    const records = JSON.parse(right.stdout);
    // That of several ranks once for each number.
    const names = new Set(records.map((one: TrialRecord) => one.cell.implementation));
    assert.deepEqual([...names], IMPLEMENTATIONS.map(({ name }) => name));
    for (const { status, reasons, verification } of records) {
      if (status === "skipped") assert.match(reasons[0].kind, /^(unavailable|no-mpi)$/);
      else assert.ok(verification.maxRelativeError <= verification.tolerance);
    }
    await withFolder(async (folder) => {
      const plugin = writePlugin(
        folder,
        "zero.ts",
        `export default { name: "zero", summary: "s", precision: "float64",
         prepare: () => (p, b, g) => { g.fill(0); return 0; } };`,
      );
      const wrong = await slope([
        "verify",
        ...flags({ data: smallData(), plugin, implementations: "fused_typed,zero" }),
      ]);
      assert.equal(wrong.code, 1);
      const lines = wrong.stdout.split("\n");
      assert.equal(lines[0], "✗ 1 of 2 cells is wrong or failed: zero.");
      // What all rows share stands once.
      assert.match(lines[1], /^\w+ · m = [\d,]+ · minibatch B = 10$/);
      assert.match(lines[2], /^ +implementation +verdict +relative error +tolerance$/);
      assert.match(wrong.stdout, /^✓ +fused_typed .*lower-precision/m);
      assert.match(wrong.stdout, /^✗ +zero .* wrong/m);
      // Every wrong part, not the first alone.
      const text = wrong.stdout.replaceAll(/\s+/g, " ");
      assert.match(text, /wrong there: loss; weights of layers 1, 2, 3; biases of layers 1, 2, 3/);
      assert.match(text, /Next: `.* diagnose zero --plugin .*zero\.ts`/);
      // The plug-in alone, where nothing else is named.
      for (const command of [["verify"], ["train", "--sizes", "100"]]) {
        const args = [...command, ...flags({ data: smallData(), plugin, format: "json" })];
        const names = (await slope(args)).stdout.match(/(?<="implementation": ?")\w+/g);
        assert.deepEqual([...new Set(names)], ["zero"], command[0]);
      }
    });
  },
);

test(
  "verify fails for what was asked for and could not be verified, not for what happens to be there",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const absent = (name: string) =>
        writePlugin(
          folder,
          `${name}.ts`,
          `export default { name: "${name}", summary: "s", precision: "float64",
         probe: () => ({ available: false, reason: "no such device" }), open() { throw new Error(); } };`,
        );
      const given = { data: smallData(), plugin: absent("absent"), sizes: "100" };
      const alone = await slopeHere(["verify", ...flags(given)]);
      assert.equal(alone.code, 1);
      assert.match(alone.stdout, /^✗ Nothing was verified; 1 skipped\./);
      assert.doesNotMatch(alone.stderr, /hint:/);
      const beside = await slopeHere([
        "verify",
        ...flags({ ...given, implementations: "naive_loop,absent" }),
      ]);
      assert.equal(beside.code, 1);
      assert.match(
        beside.stdout,
        /^✗ Not verified: absent; 1 cell agrees with the oracle; 1 skipped\./,
      );
    });
  },
);

test("train shows loss and accuracy of every epoch, the same for the same seed", SLOW, async () => {
  const train = () => slope(["train", "fused_typed", "--data", smallData(), "--epochs", "2"]);
  const first = await train();
  assert.equal(first.code, 0, first.stderr);
  /** Epoch, loss and accuracy; the time behind them differs. */
  const lines = (text: string) => text.match(/^ +\d+ +[\d.]+ +[\d.]+ %/gm) ?? [];
  assert.equal(lines(first.stdout).length, 2);
  assert.deepEqual(lines((await train()).stdout), lines(first.stdout));
});

test("data check and data info show counts, shapes and checksums", SLOW, async () => {
  const check = await slope(["data", "check", smallData(), "--format", "json"]);
  assert.equal(check.code, 0, check.stderr);
  const files = JSON.parse(check.stdout);
  assert.equal(files.length, 4);
  assert.equal(files[0].count, 2000);
  assert.equal(files[0].isMnist, false);
  const { stdout } = await slopeHere(["data", "check", smallData()]);
  assert.match(stdout, /^✓ 4 files can be read; not MNIST\.\n/);
  const info = await slope(["data", "info", "--data", smallData(), "--format", "json"]);
  const told = JSON.parse(info.stdout);
  assert.equal(told.train.count, 2000);
  assert.equal(told.classes, 10);
  assert.match(told.sha256.trainImages, /^[0-9a-f]{64}$/);
});

test(
  "a plug-in of ten lines runs beside the others, in TypeScript and in JavaScript",
  SLOW,
  async () => {
    const softmax = (types: boolean) =>
      `export default {
       name: "mine_${types ? "ts" : "js"}", summary: "one layer", precision: "float64",
       prepare: ({ network, dataset }) => (parameters${
        types ? ": Float64Array" : ""
      }, batch, gradient) => {
         const D = dataset.features, C = dataset.classes;
         gradient.fill(0);
         let loss = 0;
         for (const n of batch) {
           for (let c = 0; c < C; c++) {
             let z = parameters[C * D + c];
             for (let d = 0; d < D; d++) z += parameters[c * D + d] * dataset.pixels[n * D + d] / 255;
             const a = 1 / (1 + Math.exp(-z)), y = dataset.labels[n] === c ? 1 : 0;
             const delta = (a - y) * a * (1 - a) / batch.length;
             loss += 0.5 * (a - y) ** 2 / batch.length;
             gradient[C * D + c] += delta;
             for (let d = 0; d < D; d++) gradient[c * D + d] += delta * dataset.pixels[n * D + d] / 255;
           }
         }
         return loss;
       },
     };`;
    await withFolder(async (folder) => {
      const plugins = [
        ...["--plugin", writePlugin(folder, "mine.ts", softmax(true))],
        ...["--plugin", writePlugin(folder, "mine.js", softmax(false))],
      ];
      const { code, stderr } = await bench(folder, "--layers", "784,10", ...plugins);
      assert.equal(code, 0, stderr);
      const ok = latestTrials(folder).filter(({ status }) => status === "ok");
      assert.deepEqual(ok.map(({ cell }) => cell.implementation).sort(), [
        ...["fused_typed", "mine_js", "mine_ts", "naive_loop", "outer_product"],
      ]);
    });
  },
);

for (const name of ["deno", "bun", "node"] as const) {
  const found = await findRuntime(name);
  const skip = skipFor(!found.available && unavailableText(found.reason));
  test(
    `trials run in ${name}, started from ${CURRENT_RUNTIME.name}`,
    { ...SLOW, skip },
    async () => {
      await withFolder(async (folder) => {
        const { code, stderr, stdout } = await bench(folder, "--runtimes", name);
        assert.equal(code, 0, stderr);
        const trials = latestTrials(folder);
        assert.equal(trials.length, 3);
        assert.ok(trials.every(({ status, cell }) => status === "ok" && cell.runtime === name));
        assert.match(stdout, /fused_typed/);
      });
    },
  );
}

test("a runtime that is not there is skipped with the reason; the others run", SLOW, async () => {
  await withFolder(async (folder) => {
    const absent = CURRENT_RUNTIME.name === "bun" ? "node" : "bun";
    const { code, stderr } = await bench(
      folder,
      ...flags({
        implementations: "fused_typed",
        runtimes: `${CURRENT_RUNTIME.name},${absent}`,
        "runtime-path": `${absent}=/nowhere/at/all`,
      }),
    );
    assert.equal(code, 0, stderr);
    const [skipped, ...others] = latestTrials(folder)
      .sort((a, b) => Number(a.status === "ok") - Number(b.status === "ok"));
    assert.equal(skipped.status, "skipped");
    assert.match(reasonOf(skipped), /unavailable.*nowhere.at.all/);
    assert.deepEqual(others.map(({ status }) => status), ["ok"]);
  });
});
