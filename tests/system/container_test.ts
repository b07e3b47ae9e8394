/** What the image does, as far as it can be tried without a container engine; with one, the image is built. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { RunFile } from "../../src/format/plan.ts";
import { readJournal } from "../../src/sweep/journal.ts";
import { programOnPath } from "../../src/sweep/program_command.ts";
import { briefPlan, PROJECT, smallData, withFolder } from "../support/cli.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";

const ENTRY = "kits/container/slope";
const CONTAINERFILE = readFileSync(join(PROJECT, "Containerfile"), "utf8");

/** Why nothing can run with a read-only file system here; false where it can. */
function noReadOnlyRoot(): string | false {
  if (skipOutsideDeno) return skipOutsideDeno;
  if (programOnPath("bwrap") === undefined) {
    return "no bubblewrap, to make the file system read-only";
  }
  const tried = spawnSync("bwrap", ["--ro-bind", "/", "/", "true"], { encoding: "utf8" });
  return tried.status === 0 ? false : `bubblewrap does not run here: ${tried.stderr.trim()}`;
}

const skip = noReadOnlyRoot();
if (skip) console.error(`skipped: ${skip}`);

/** Makes the folder with Slope that the image has: what is copied there, and what is run in it. */
function fillImage(root: string): void {
  const copied = [...CONTAINERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
    .flatMap(([, words]) => words.split(" "));
  for (const path of copied) {
    cpSync(join(PROJECT, path), join(root, path), {
      recursive: true,
      filter: (one) => !/_test\.ts$|node_modules|__pycache__/.test(one),
    });
  }
  const command = /^RUN (deno (?:.*\\\n)*.*)$/m.exec(CONTAINERFILE)![1];
  const { status, stderr } = spawnSync("sh", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH },
  });
  assert.equal(status, 0, stderr);
}

const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;

/** Runs the command of the image: nothing can be written but /tmp, which is empty, and `results`. */
function inContainer(
  root: string,
  results: string,
  args: readonly string[],
  env: Record<string, string>,
) {
  const readable = [root, smallData(), dirname(process.execPath)];
  return spawnSync("bwrap", [
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"],
    ...readable.flatMap((path) => ["--ro-bind", path, path]),
    ...[
      "--bind",
      results,
      results,
      "--chdir",
      results,
      "--die-with-parent",
      join(root, ENTRY),
      ...args,
    ],
  ], {
    encoding: "utf8",
    env: {
      ...{ PATH, NO_COLOR: "1", HOME: "/tmp" },
      ...{ DENO_DIR: "/tmp/deno", XDG_CACHE_HOME: "/tmp/cache", DENO_NO_UPDATE_CHECK: "1" },
      ...env,
    },
  });
}

test("a pod with a read-only root measures the shard of its index, and merges", {
  ...SLOW,
  skip,
}, async () => {
  await withFolder((folder) => {
    const results = join(folder, "results");
    mkdirSync(results);
    const root = join(folder, "slope");
    fillImage(root);
    assert.ok(
      !existsSync(join(root, "node_modules", "typescript")),
      "tests' packages are left out",
    );
    const plan = join(results, "plan.json");
    const fields = JSON.parse(readFileSync(briefPlan(), "utf8"));
    writeFileSync(plan, JSON.stringify({ ...fields, sizes: [200], epochs: 1, rounds: 4 }));
    const out = join(results, "sweep");
    const bench = ["bench", "--config", "none", "--plan", plan, "--out", out];
    const { status, stderr } = inContainer(
      root,
      results,
      [...bench, "--data", smallData(), "--shard", "auto/4"],
      { JOB_COMPLETION_INDEX: "2" },
    );
    assert.equal(status, 0, stderr);
    const shard = join(out, "shard-3-of-4");
    RunFile.parse(JSON.parse(readFileSync(join(shard, "run.json"), "utf8")));
    const { trials } = readJournal(join(shard, "trials.jsonl"));
    assert.deepEqual([...new Set(trials.map(({ round }) => round))], [3]);
    assert.ok(trials.every((trial) => trial.status === "ok"), stderr);

    const merged = inContainer(root, results, ["merge", out, "--out", join(out, "merged")], {});
    assert.equal(merged.status, 0, merged.stderr);
    assert.ok(existsSync(join(out, "merged", "report.html")));
  });
});

test("the image's command has the permissions of the task that runs any command", () => {
  const { tasks } = JSON.parse(readFileSync(join(PROJECT, "deno.json"), "utf8"));
  const permissions = (text: string) =>
    [...new Set(text.match(/--allow-[a-z]+/g))].sort().join(" ");
  assert.equal(
    permissions(readFileSync(join(PROJECT, ENTRY), "utf8")),
    permissions(tasks.slope.command),
  );
});

/** What builds images here. The command of Docker may be there without the service that does the work. */
const ENGINE = ["podman", "docker", "buildah"]
  .find((name) => spawnSync(name, ["info"], { stdio: "ignore" }).status === 0);
if (ENGINE === undefined) console.error("skipped: no podman, docker or buildah here");

test("the image is built, and its command answers", {
  ...SLOW,
  skip: skipOutsideDeno || ENGINE === undefined && "no podman, docker or buildah here",
}, () => {
  const tag = `slope-test-${process.pid}`;
  const built = spawnSync(ENGINE!, ["build", "--file", "Containerfile", "--tag", tag, "."], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  assert.equal(built.status, 0, built.stderr);
  try {
    if (ENGINE === "buildah") return;
    const run = ["run", "--rm", "--read-only", "--tmpfs", "/tmp", tag, "list", "--format", "json"];
    const { status, stdout, stderr } = spawnSync(ENGINE!, run, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.ok(JSON.parse(stdout).implementations.length > 0);
  } finally {
    spawnSync(ENGINE!, ["rmi", tag]);
  }
});
