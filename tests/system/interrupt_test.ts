import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import process from "node:process";
import { ownCommand } from "../../src/base/own_command.ts";
import { RunFile } from "../../src/format/plan.ts";
import { readRun, runNames } from "../../src/sweep/run_folder.ts";
import {
  briefPlan,
  commandLine,
  flags,
  latestTrials,
  PROJECT,
  refusesHere,
  slope,
  smallData,
  startProcess,
  startSlope,
  trialName,
  withFolder,
  writePlugin,
} from "../support/cli.ts";
import { skipFor } from "../support/skips.ts";
import { NEEDS_COMPILER } from "../support/native.ts";
import { NEEDS_PIPES, untilRead } from "../support/pipes.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const ONE_LAYER = readFileSync(join(PROJECT, "examples", "one_layer.ts"), "utf8");

const bench = (out: string, more: Readonly<Record<string, string>> = {}) => [
  "bench",
  ...flags({ data: smallData(), out, plan: briefPlan(), sizes: "60", rounds: "6", ...more }),
];

const latest = (out: string) => readRun(join(out, "latest"));
const endOf = (out: string) => latest(out).run.sessions.at(-1)?.ended;

test(
  "a plug-in edited during a run gets no further trials, and the run cannot be resumed",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "out");
      const helper = writePlugin(folder, "helper.ts", "export const more = 1;");
      const code = `import { more } from "./helper.ts"; more;\n${ONE_LAYER}`;
      const plugin = writePlugin(folder, "mine.ts", code);
      const options = { plugin, implementations: "fused_typed,one_layer", layers: "784,10" };
      const run = startSlope(bench(out, options));
      await run.says("4/12");
      writeFileSync(helper, "export const more = 2;");
      const { code: exit, stdout, stderr } = await run.ended;
      assert.equal(exit, 1, stderr);
      const trials = latestTrials(out);
      assert.equal(trials.length, 12);
      const of = (name: string) => trials.filter(({ cell }) => cell.implementation === name);
      assert.ok(of("fused_typed").every(({ status }) => status === "ok"));
      const own = of("one_layer").map(({ status }) => status);
      const before = own.lastIndexOf("ok") + 1;
      assert.ok(before >= 1 && before < 6, own.join());
      assert.deepEqual(own.slice(before), ["failed", ...Array(5 - before).fill("skipped")]);
      const failed = of("one_layer")[before];
      assert.deepEqual(failed.samplesNs, []);
      assert.match(
        reasonOf(failed),
        /code changed during the run \(helper\.ts [0-9a-f]{12} → [0-9a-f]{12}\): start again, or/,
      );
      assert.match(stdout, /^✗ one_layer failed/);

      const resumed = await slope([
        "bench",
        ...flags({ data: smallData(), out, resume: "latest" }),
      ]);
      assert.equal(resumed.code, 2, resumed.stderr);
      assert.match(
        resumed.stderr,
        /Cannot resume .*: a plug-in has changed .*helper\.ts .*\nhint: start a new run/,
      );
    });
  },
);

test(
  "every report of an interrupted run says so, until the run is resumed and completed",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const running = startSlope(bench(out));
      await running.says("4/18");
      const again = ["bench", ...flags({ data: smallData(), out, resume: "latest" })];
      await refusesHere(again, /Cannot resume .*: it is still being measured.*\nhint: wait/s);
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 130, stderr);
      assert.equal(endOf(out), "interrupted");
      const [name] = runNames(out);
      const { trials } = latest(out);
      const sentence = `${trials.length} of 18 trials: the run was interrupted; ` +
        `\`${ownCommand(`bench --resume ${name}`)}\` continues it.`;
      assert.match(
        stdout,
        new RegExp(`interrupted after ${trials.length} of 18 trials; to go on: [^⚠]*${name}`),
      );
      assert.ok(readFileSync(join(out, name, "report.html"), "utf8").includes(sentence));
      const { warnings } = JSON.parse(readFileSync(join(out, name, "summary.json"), "utf8"));
      assert.equal(warnings[0].kind, "unfinished");
      assert.match(
        stderr,
        /interrupted: \d+ of 18 trials are kept; `.* bench --resume \S+`/,
      );
      const history = await slope(["history", out]);
      assert.equal(history.code, 2, history.stdout);
      assert.match(history.stderr, /left out: \S+ is unfinished, \d+ of 18 trials/);

      const resumed = await slope(["bench", ...flags({ data: smallData(), out, resume: name })]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.equal(endOf(out), "complete");
      assert.doesNotMatch(resumed.stdout + resumed.stderr, /interrupted/);
      assert.equal((await slope(["history", out])).code, 0);
    });
  },
);

test("Ctrl-C before the first trial reports no problems", SLOW, async () => {
  await withFolder(async (out) => {
    const running = startSlope(bench(out));
    await running.says("measuring the highest rates");
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.equal(latestTrials(out).length, 0);
    assert.equal(endOf(out), "interrupted");
    assert.doesNotMatch(stdout, /problems below/);
    assert.match(stdout, /interrupted after 0 of 18 trials; to go on: /);
  });
});

test("Ctrl-C during verify: what agrees so far is not told as the whole", SLOW, async () => {
  await withFolder(async (folder) => {
    const plugin = writePlugin(
      folder,
      "hangs.ts",
      `export default { name: "hangs", summary: "s", precision: "float64",
         prepare: () => new Promise(() => setInterval(() => {}, 1000)) };`,
    );
    const names = "fused_typed,hangs";
    const running = startSlope([
      "verify",
      ...flags({ data: smallData(), sizes: "200", implementations: names, plugin }),
    ]);
    await running.says("fused_typed: checked");
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(stdout, /^✗ Interrupted: so far, 1 cell agrees with the oracle\.\n/);
  });
});

for (
  const [command, options, at, printed, told] of [
    [
      ["diagnose", "fused_typed"],
      { synthetic: "" },
      "examining the training",
      /^✓ SO FAR: the gradient is right\n✗ training and scaling not examined: interrupted\n/,
      /\ninterrupted: what .*` *\S.* diagnose fused_typed --synthetic --only training,scaling`/,
    ],
    [
      ["diagnose", "examples/mistakes/scale.py", "examples/mistakes/right.py"],
      { synthetic: "", preset: "question" },
      "1 of 2",
      /^✗ Interrupted: so far, /,
      /\ninterrupted: \d of 2 files were examined to the end; the same command starts anew/,
    ],
    [
      ["choose"],
      { examples: "1500", epochs: "1", implementations: "naive_loop,fused_typed" },
      "1/",
      /^$/,
      /\ninterrupted: \d+ of \d+ trials are kept in .*`.* bench --resume .*`.*ask again/,
    ],
    [
      ["train"],
      { epochs: "5000" },
      "    2  ",
      /epoch/,
      /interrupted: \d+ of 5,000 epochs were trained/,
    ],
    [
      ["profile", "fused_typed"],
      { budget: "60s" },
      "profiling",
      /^$/,
      /\ninterrupted: 0 of 1 program was profiled; the same command starts anew/,
    ],
  ] as [string[], Record<string, string>, string, RegExp, RegExp][]
) {
  test(`Ctrl-C in ${command.join(" ")}: what was done, and how to go on`, SLOW, async () => {
    await withFolder(async (out) => {
      const place = command[0] === "choose" || command[0] === "profile" ? { out } : {};
      const data = "synthetic" in options ? {} : { data: smallData() };
      const running = startSlope([...command, ...flags({ ...data, ...place, ...options })]);
      let isOver = false;
      running.ended.then(() => isOver = true);
      while (!isOver && !(running.errors() + running.output()).includes(at)) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 130, stderr);
      assert.match(stdout, printed);
      assert.match(`\n${stderr}`, told);
    });
  });
}

test(
  "Ctrl-C while a compiler waits ends it, and leaves nothing in the temporary folder",
  { ...SLOW, ...NEEDS_PIPES, ...NEEDS_COMPILER },
  async () => {
    await withFolder(async (folder) => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      const plugin = writePlugin(folder, "mine.c", `#include "pipe"\n`);
      const given = { data: smallData(), plugin, sandbox: "off" };
      const running = startSlope(["verify", ...flags(given)], { TMPDIR: folder });
      const writer = await untilRead(pipe);
      running.kill("SIGINT");
      const { code, stderr } = await running.ended;
      closeSync(writer); // only now could the compiler end by itself
      assert.equal(code, 130, stderr);
      assert.deepEqual(readdirSync(folder).sort(), ["mine.c", "pipe"]);
    });
  },
);

/** Three implementations × three sizes × two rounds. */
const sweep = (out: string) => bench(out, { sizes: "200,400,800", epochs: "1", rounds: "2" });

test("a killed and resumed sweep has the trials of an undisturbed one", SLOW, async () => {
  await withFolder(async (out) => {
    const undisturbed = join(out, "undisturbed");
    const disturbed = join(out, "disturbed");
    await slope(sweep(undisturbed));
    const running = startSlope(sweep(disturbed));
    await running.says("5/18");
    running.kill("SIGKILL");
    assert.equal((await running.ended).signal, "SIGKILL");
    const orphans = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`slope-${running.pid}-`));
    assert.equal(orphans().length, 1);
    const kept = latestTrials(disturbed).map(trialName);
    assert.ok(kept.length >= 5 && kept.length < 18, `${kept.length} trials`);
    const resumed = await slope(["bench", "--data", smallData(), "--out", disturbed, "--resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(orphans().length, 0);
    const after = latestTrials(disturbed).map(trialName);
    assert.deepEqual(after.slice(0, kept.length), kept);
    assert.deepEqual(after.sort(), latestTrials(undisturbed).map(trialName).sort());
    const run = RunFile.parse(
      JSON.parse(readFileSync(join(disturbed, "latest", "run.json"), "utf8")),
    );
    assert.equal(run.sessions.length, 2);
    assert.equal(run.sessions[0].finishedAt, undefined);
  });
});

test(
  "where what reads the progress has ended, a sweep ends as at Ctrl-C",
  { ...SLOW, skip: skipFor(process.platform === "win32" && "there is no sh") },
  async () => {
    await withFolder(async (out) => {
      const file = join(out, "code");
      const shell = `{ "$@"; echo $? > "$CODE"; } 2>&1 | head -n 4`;
      await startProcess("sh", ["-c", shell, "sh", ...commandLine(sweep(out)).flat()], {
        CODE: file,
      }).ended;
      assert.equal(readFileSync(file, "utf8"), "130\n");
      assert.equal(endOf(out), "interrupted");
      assert.ok(existsSync(join(out, "latest", "report.md")));
    });
  },
);

test(
  "Ctrl-C ends a sweep with code 130, and the trials so far are kept and reported",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const running = startSlope(sweep(out));
      await running.says("4/18");
      running.kill("SIGINT");
      const { code, stdout, stderr } = await running.ended;
      assert.equal(code, 130, stderr);
      const trials = latestTrials(out);
      assert.ok(trials.length >= 4 && trials.length < 18);
      assert.ok(trials.every(({ status }) => status === "ok"));
      assert.ok(existsSync(join(out, "latest", "report.md")));
      assert.match(stdout, /naive_loop|outer_product|fused_typed/);
    });
  },
);
