import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SLOPE_VERSION } from "../../src/base/version.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { PLAN_FIELDS } from "../../src/format/plan_fields.ts";
import { IMPLEMENTATIONS } from "../../src/gradients/all.ts";
import {
  flags,
  NO_PYTHON,
  PROJECT,
  slope,
  slopeHere,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { unavailableText } from "../../src/report/reason_words.ts";

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
  "merge",
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
  assert.equal((await slopeHere(["-h"])).stdout, stdout);
  assert.equal(code, 0);
  for (const command of COMMANDS) {
    assert.match(stdout, new RegExp(`\\b${command}\\b`));
    const help = await slopeHere([command, "--help"]);
    assert.equal(help.code, 0, command);
    assert.match(help.stdout, new RegExp(`slope ${command}`));
  }
});

test("bench has an option for every field of a plan", SLOW, async () => {
  const { stdout } = await slopeHere(["bench", "--help"], { width: 200 });
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
    assert.equal((await slopeHere([])).code, 2);
    const { code, stderr } = await slopeHere(["bensh"]);
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
      const { stdout } = await slope(["list", ...flags({ plugin })], NO_PYTHON);
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
    // The program of several ranks occurs once for each number.
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
      const wrong = await slopeHere([
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
        const names = (await slopeHere(args)).stdout.match(/(?<="implementation": ?")\w+/g);
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
  const args = ["train", "fused_typed", "--data", smallData(), "--epochs", "2"];
  const first = await slope(args);
  assert.equal(first.code, 0, first.stderr);
  /** Epoch, loss and accuracy; the time behind them differs. */
  const lines = (text: string) => text.match(/^ +\d+ +[\d.]+ +[\d.]+ %/gm) ?? [];
  assert.equal(lines(first.stdout).length, 2);
  assert.deepEqual(lines((await slopeHere(args)).stdout), lines(first.stdout));
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
  const info = await slopeHere(["data", "info", "--data", smallData(), "--format", "json"]);
  const told = JSON.parse(info.stdout);
  assert.equal(told.train.count, 2000);
  assert.equal(told.classes, 10);
  assert.match(told.sha256.trainImages, /^[0-9a-f]{64}$/);
});
