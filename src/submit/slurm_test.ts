import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { ODD_SUBMISSION, textOf } from "../../tests/support/submissions.ts";
import { slurmFiles, type SlurmOptions } from "./slurm.ts";

const PLAIN: SlurmOptions = { modules: [], binds: [] };
const onWindows = process.platform === "win32" && "it needs the shell of POSIX";

const directives = (text: string): string[] =>
  text.split("\n").filter((line) => line.startsWith("#SBATCH")).map((line) => line.slice(8));

test("a task of the array has a node for itself, one thread of each core, and may be requeued", () => {
  const found = directives(textOf(slurmFiles(ODD_SUBMISSION, PLAIN), "shards.sh"));
  assert.deepEqual(found.sort(), [
    "--array=1-4",
    "--exclusive",
    "--job-name=slope-it-s-mine",
    "--mem=0",
    "--nodes=1",
    "--ntasks=1",
    "--open-mode=append",
    "--output=shard-%a.log",
    "--requeue",
    "--threads-per-core=1",
    "--time=00:09:00",
  ]);
});

test("directives stand above the first command, where sbatch stops reading", () => {
  const options = { ...PLAIN, modules: ["deno/2.9"], partition: "main", account: "a1", cpus: 8 };
  for (const { name, text } of slurmFiles(ODD_SUBMISSION, options).slice(0, 2)) {
    const lines = text.split("\n");
    const first = lines.findIndex((line) => line !== "" && !line.startsWith("#"));
    assert.match(lines[first], /^module load deno\/2\.9 \|\| exit 2$/, name);
    assert.ok(lines.slice(first).every((line) => !line.startsWith("#SBATCH")), name);
    assert.ok(directives(text).includes("--partition=main"), name);
    assert.ok(directives(text).includes("--account=a1"), name);
  }
});

test("what the user asks for replaces the whole node", () => {
  const options = { ...PLAIN, cpus: 8, memoryMi: 2048, constraint: "genoa" };
  const [{ text }, merge] = slurmFiles(ODD_SUBMISSION, options);
  for (const one of ["--cpus-per-task=8", "--mem=2048M", "--constraint=genoa"]) {
    assert.ok(directives(text).includes(one), one);
  }
  assert.match(text, /srun .*--cpus-per-task=8 --cpu-bind=cores/);
  assert.ok(!directives(merge.text).includes("--constraint=genoa"), "any node can merge");
});

test(
  "a module is loaded by a shell that knows the command, and a shard without it does not start",
  {
    skip: onWindows,
  },
  async () => {
    await withFolder((folder) => {
      const files = slurmFiles({ ...ODD_SUBMISSION, folder }, { ...PLAIN, modules: ["deno/2.9"] });
      const bin = join(folder, "bin");
      mkdirSync(bin);
      for (
        const [name, script] of [["module", "exit 1"], ["srun", "echo ran"], ["npx", "echo ran"]]
      ) {
        writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(bin, name), 0o755);
      }
      for (const { text } of files.slice(0, 2)) {
        assert.match(text, /^#!\/bin\/bash -l\n/);
        const { status, stdout } = spawnSync("sh", ["-c", text], {
          encoding: "utf8",
          env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
        });
        assert.deepEqual([status, stdout], [2, ""]);
      }
      for (const { text } of slurmFiles(ODD_SUBMISSION, PLAIN)) {
        assert.match(text, /^#!\/bin\/sh\n/);
      }
    });
  },
);

/** Runs a script with programs of these names that print their words, one a line. */
function wordsOf(text: string, folder: string, programs: readonly string[]): string[] {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of programs) {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' ${name} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { stdout, stderr } = spawnSync("sh", ["-c", text], {
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      SLURM_ARRAY_TASK_ID: "3",
      SLURM_CPUS_ON_NODE: "6",
    },
  });
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}

test("a shell reads every path and word as it was given", { skip: onWindows }, async () => {
  await withFolder((folder) => {
    const here = join(folder, "it's $HOME");
    mkdirSync(here);
    const [shards, merge] = slurmFiles({ ...ODD_SUBMISSION, folder: here }, PLAIN);
    const bench = ["bench", "--config", "none", "--plan", ODD_SUBMISSION.planPath];
    const { command, out, data } = ODD_SUBMISSION;
    assert.deepEqual(wordsOf(shards.text, folder, ["srun"]), [
      ...["srun", "--ntasks=1", "--cpus-per-task=6", "--cpu-bind=cores", "--overlap"],
      ...[...command, ...bench, "--out", out, ...data, "--shard", "3/4"],
    ]);
    assert.deepEqual(wordsOf(merge.text, folder, ["npx"]), [
      ...[...command, "merge", out, "--out", join(out, "merged")],
    ]);
  });
});

test("a container binds what Slope reads and writes", { skip: onWindows }, async () => {
  await withFolder((folder) => {
    const image = "/images/slope 1.sif";
    const [shards] = slurmFiles({ ...ODD_SUBMISSION, command: ["slope"], folder }, {
      ...PLAIN,
      image,
      binds: ["/data/digits"],
      cpus: 2,
    });
    const words = wordsOf(shards.text, folder, ["srun", "apptainer"]);
    const binds = ["/home/a b", ODD_SUBMISSION.out, "/data/digits"].flatMap((
      one,
    ) => ["--bind", one]);
    assert.match(words[5], /\/apptainer$/);
    assert.deepEqual(words.slice(6, 15), ["exec", ...binds, image, "slope"]);
  });
});

test("the shards are submitted first, and the merge depends on them however they end", {
  skip: onWindows,
}, async () => {
  await withFolder((folder) => {
    slurmFiles(ODD_SUBMISSION, PLAIN).forEach(({ name, text }) =>
      writeFileSync(join(folder, name), text)
    );
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "sbatch"),
      `#!/bin/sh\nprintf '%s ' "$@" >> ${join(folder, "said")}\necho "17;here"\n`,
    );
    chmodSync(join(bin, "sbatch"), 0o755);
    const { stdout } = spawnSync("sh", [join(folder, "submit.sh")], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    });
    assert.equal(stdout, "shards: job 17\nmerge: job 17\n");
    const { stdout: said } = spawnSync("cat", [join(folder, "said")], { encoding: "utf8" });
    assert.equal(said, "--parsable shards.sh --parsable --dependency=afterany:17 merge.sh ");
  });
});
