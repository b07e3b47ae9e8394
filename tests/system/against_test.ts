import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import { RunFile } from "../../src/format/plan.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import {
  briefPlan,
  committed,
  flags,
  latestTrials,
  PROJECT,
  slope,
  smallData,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { git, makeRepository, writeFiles } from "../support/repository.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";
import { skipFor } from "../support/skips.ts";

const COMMON = { data: smallData(), sizes: "200", epochs: "1", rounds: "2" };

/** A plug-in whose `open` has this body. */
const plugin = (body: string) =>
  `export default {
    name: "mine", summary: "of a test", precision: "float64",
    open({ network, dataset }) {
      const n = network.layerSizes.slice(1)
        .reduce((sum, outputs, l) => sum + outputs * (network.layerSizes[l] + 1), 0);
      ${body}
    },
  };`;

const named = ({ cell, status }: TrialRecord) =>
  `${cell.implementation}${cell.copy === undefined ? "" : ` ${cell.copy}`} ${status}`;

function editRun(folder: string, edit: (run: RunFile) => void): void {
  const path = join(folder, "run.json");
  const run = RunFile.parse(JSON.parse(readFileSync(path, "utf8")));
  edit(run);
  writeFileSync(path, JSON.stringify(run));
}

test("bench --against times a plug-in as it was beside the plug-in as it is", SLOW, async () => {
  await withFolder(async (out) => {
    // The error of `open` shows which version of the file was run.
    const file = writePlugin(out, "mine.ts", plugin('throw new Error("as it was");'));
    const first = await slope(["bench", ...flags({ ...COMMON, out, plugin: file })]
      .concat("--implementations", "mine"));
    assert.equal(first.code, 1, first.stderr);
    const before = realpathSync(join(out, "latest"));
    writePlugin(out, "mine.ts", plugin('throw new Error("as it is");'));
    const second = await slope(["bench", ...flags({ data: smallData(), out, against: before })]);
    assert.equal(second.code, 1, second.stderr);
    const reasons = latestTrials(out).map((trial) =>
      `${trial.cell.copy ?? "now"}: ${/as it (was|is)/.exec(reasonOf(trial))?.[0]}`
    );
    assert.deepEqual([...new Set(reasons)].sort(), [
      "now: as it is",
      "reference: as it was",
      "twin: as it is",
    ]);
  });
});

test("bench --against REF times a plug-in of a commit beside the working copy", SLOW, async () => {
  await withFolder(async (out) => {
    const folder = join(out, "project");
    const body = "throw new Error(`as it ${tense}`);";
    const code = `import { tense } from "./tense.ts";\n${plugin(body)}`;
    const first = makeRepository(folder, {
      "src/mine.ts": code,
      "src/tense.ts": 'export const tense: string = "was";\n',
    });
    writeFiles(folder, { "src/tense.ts": 'export const tense: string = "is";\n' });
    const options = { ...COMMON, out, plugin: join(folder, "src/mine.ts"), against: "main" };
    const { code: exit, stderr } = await slope(["bench", ...flags(options)]);
    assert.equal(exit, 1, stderr);
    const reasons = latestTrials(out).map((trial) =>
      `${trial.cell.implementation} ${trial.cell.copy ?? "now"}: ` +
      `${/as it (was|is)/.exec(reasonOf(trial))?.[0]}`
    );
    assert.deepEqual([...new Set(reasons)].sort(), [
      "mine now: as it is",
      "mine reference: as it was",
      "mine twin: as it is",
    ]);
    assert.match(stderr, /warning: mine has changes that are in no commit/);
    const run = RunFile.parse(JSON.parse(readFileSync(join(out, "latest", "run.json"), "utf8")));
    assert.deepEqual(run.plan.against, {
      ref: "main",
      gitCommit: first,
      repository: realpathSync(folder),
      threshold: 0.03,
    });
    assert.equal(git(folder, "worktree", "list").split("\n").length, 1);
  });
});

test(
  "bench --against whose budget pays for no comparison fails, and compare says why",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const folder = join(out, "project");
      const code = readFileSync(join(PROJECT, "examples", "lists.ts"), "utf8");
      makeRepository(folder, { "mine.ts": code });
      writeFiles(folder, { "mine.ts": `${code}// the same\n` });
      // On any machine one trial would take minutes.
      const options = { ...COMMON, out, plugin: join(folder, "mine.ts"), against: "main" };
      const few = { epochs: "1000000", budget: "10s" };
      const { code: exit, stdout, stderr } = await slope([
        "bench",
        ...flags({ ...options, ...few }),
      ]);
      assert.equal(exit, 1, stderr);
      assert.deepEqual(
        latestTrials(out).flatMap(({ reasons = [] }) => reasons.map(({ kind }) => kind)),
        Array(6).fill("over-budget"),
      );
      assert.match(
        stdout,
        /^✗ Nothing could be compared with main: the budget of 10 s does not pay/,
      );
      assert.match(stdout.replaceAll(/\s+/g, " "), /Next: raise --budget, or measure fewer/);
      assert.match(stderr, /nothing was compared, so that --fail-on has nothing to judge/);
      const compared = await slope(["compare", "latest", "--out", out]);
      assert.equal(compared.code, 2);
      assert.match(compared.stderr, /the budget of 10 s does not pay.*\nhint: raise --budget/s);
    });
  },
);

test("a run that cannot start leaves no temporary files of the base version", SLOW, async () => {
  await withFolder(async (out) => {
    const folder = join(out, "project");
    const temporary = join(out, "temporary");
    mkdirSync(temporary);
    makeRepository(folder, { "mine.ts": plugin("throw new Error();") });
    writeFiles(out, { "file": "" });
    const options = {
      ...COMMON,
      out: join(out, "file", "runs"),
      plugin: join(folder, "mine.ts"),
      against: "main",
    };
    const args = ["bench", ...flags(options)];
    const left = () => readdirSync(temporary).filter((name) => name.startsWith("slope-"));
    const ran = await slope(args, { TMPDIR: temporary });
    assert.match(ran.stderr, /Cannot write .*file/);
    assert.equal(ran.code, 2, ran.stderr);
    assert.deepEqual(left(), []);
    const dry = await slope([...args, "--dry-run"], { TMPDIR: temporary });
    assert.equal(dry.code, 0, dry.stderr);
    assert.deepEqual(left(), []);
  });
});

test("bench --against times Slope's own code of an earlier commit", {
  ...SLOW,
  ...(committed() === undefined && { skip: skipFor("this is no git repository") }),
}, async () => {
  await withFolder(async (out) => {
    const options = { ...COMMON, out, plan: briefPlan(), implementations: "fused_typed" };
    const first = await slope(["bench", ...flags(options)]);
    assert.equal(first.code, 0, first.stderr);
    const before = realpathSync(join(out, "latest"));
    editRun(before, ({ environment }) => environment.gitCommit = committed());
    const second = await slope([
      "bench",
      ...flags({ data: smallData(), out, against: "latest", threshold: "50%" }),
    ]);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(latestTrials(out).map(named).sort(), [
      "fused_typed ok",
      "fused_typed ok",
      "fused_typed reference ok",
      "fused_typed reference ok",
      "fused_typed twin ok",
      "fused_typed twin ok",
    ]);
    const run = RunFile.parse(
      JSON.parse(readFileSync(join(out, "latest", "run.json"), "utf8")),
    );
    assert.deepEqual(run.plan.against, {
      folder: before,
      gitCommit: committed(),
      threshold: 0.5,
    });
    const { against } = Summary.parse(
      JSON.parse(readFileSync(join(out, "latest", "summary.json"), "utf8")),
    );
    // The same code twice, and a threshold that noise inside a round does not reach.
    assert.deepEqual(against?.cells.map(({ label }) => label), ["fused_typed"]);
    assert.match(against!.cells[0].verdict, /^(?:same|unresolved)$/);
    assert.match(second.stdout, /compared round by round/);
    assert.equal(run.plan.nullTwin, "fused_typed");
  });
});

test("bench --null-twin times a second copy in the same rounds", SLOW, async () => {
  await withFolder(async (out) => {
    const options = { ...COMMON, out, plan: briefPlan() };
    const { code, stderr } = await slope(["bench", ...flags(options), "--null-twin"]);
    assert.equal(code, 0, stderr);
    const twins = latestTrials(out).filter(({ cell }) => cell.copy === "twin");
    assert.deepEqual(twins.map(named), ["fused_typed twin ok", "fused_typed twin ok"]);
    const unknown = await slope(["bench", ...flags({ ...options, "null-twin": "fused" })]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Cannot make a twin of "fused": it is not among/);
  });
});
