/** What `submit --now` does with the programs of a scheduler, and says of them. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { slope, startSlope } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { submitWords, withPlan } from "../support/submissions.ts";

const onWindows = process.platform === "win32" && "it needs the shell of POSIX";

/**
 * Puts programs of these names first on PATH; each runs a script of the shell. Slope runs in a process of its own here:
 * the tests beside this one need their PATH.
 */
function pathWith(folder: string, programs: Record<string, string>): { PATH: string } {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { PATH: `${bin}:${process.env.PATH}` };
}

test(
  "--now submits, and passes on what the scheduler says",
  { ...SLOW, skip: onWindows },
  async () => {
    await withPlan(async (place) => {
      const env = pathWith(place.folder, { sbatch: 'echo "41"; echo "queued $*" >&2' });
      const { code, stdout, stderr } = await slope(submitWords("slurm", place, { now: "" }), env);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /the merged run: when the queue is empty: .*merged/);
      assert.match(
        stdout,
        /^Submitting 4 shards by [^]*submit\.sh:\n[^]*\nshards: job 41\nmerge: job 41\n/,
      );
      assert.match(stderr, /queued --parsable shards\.sh\nqueued .*afterany:41 merge\.sh/);
      const json = await slope(
        submitWords("slurm", place, { now: "", format: "json" }),
        env,
      );
      assert.deepEqual(JSON.parse(json.stdout).submitted, ["shards: job 41", "merge: job 41"]);
    });
  },
);

test("--now without the scheduler's program writes nothing; a refusal keeps the files", {
  ...SLOW,
  skip: onWindows,
}, async () => {
  await withPlan(async (place) => {
    for (
      const [scheduler, tool] of [["slurm", "sbatch"], ["kubernetes", "kubectl"], [
        "ssh",
        "parallel",
      ]]
    ) {
      const none = await slope(submitWords(scheduler, place, { now: "" }), {
        PATH: join(place.folder, "nothing"),
      });
      assert.equal(none.code, 2);
      assert.match(none.stderr, new RegExp(`no program "${tool}" on PATH\\nhint: leave --now out`));
      assert.ok(!existsSync(place.out));
    }
    const env = pathWith(place.folder, { sbatch: 'echo "no such partition" >&2; exit 1' });
    const refused = await slope(submitWords("slurm", place, { now: "" }), env);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /no such partition\nerror: .*submit\.sh ended with code 1.*\nhint:/s,
    );
    assert.ok(existsSync(join(place.out, "slurm", "submit.sh")));
  });
});

test("the script for Kubernetes waits for the shards, failed or not, before it merges", {
  ...SLOW,
  skip: onWindows,
}, async () => {
  const [good, bad] = ["SuccessCriteriaMet Complete", "FailureTarget Failed"];
  for (const [shards, merge, expected] of [[good, good, 0], [bad, good, 1], [good, bad, 1]]) {
    await withPlan(async (place) => {
      const said = join(place.folder, "said");
      const env = pathWith(place.folder, {
        kubectl: `echo "$1 $3" >> "${said}"
case $1 in
  create) echo "$3 created" ;;
  get)
    [ "$(grep -c get "${said}")" = 1 ] && exit
    case $3 in *-merge) echo "${merge}" ;; *) echo "${shards}" ;; esac
    ;;
  logs) echo "the report" ;;
esac`,
        sleep: "exit 0",
      });
      const { code, stdout, stderr } = await slope(
        submitWords("kubernetes", place, { now: "" }),
        env,
      );
      assert.equal(code, expected, stderr);
      assert.equal(
        stderr.includes("the merged run: on the claim, in the sweep/merged"),
        code === 0,
      );
      assert.match(stdout, /shards\.yaml created\nmerge\.yaml created\nthe report\n/);
      assert.deepEqual(readFileSync(said, "utf8").trim().split("\n"), [
        ...["create shards.yaml", "get slope-the-sweep", "get slope-the-sweep"],
        ...["create merge.yaml", "get slope-the-sweep-merge", "logs"],
      ]);
    });
  }
});

test("the script for Kubernetes does not wait for ever for a Job that was deleted", {
  ...SLOW,
  skip: onWindows,
}, async () => {
  await withPlan(async (place) => {
    const env = pathWith(place.folder, { kubectl: "[ $1 = create ]", sleep: "exit 0" });
    const { code, stderr } = await slope(submitWords("kubernetes", place, { now: "" }), env);
    assert.equal(code, 1);
    assert.match(stderr, /kubectl failed \d+ times in a row to read job slope-the-sweep\n/);
  });
});

test("the script for ssh merges what there is, and fails if a shard or the merge did", {
  ...SLOW,
  skip: onWindows,
}, async () => {
  for (const [shards, merge, expected] of [[0, 0, 0], [1, 0, 1], [0, 1, 1]]) {
    await withPlan(async (place) => {
      const env = pathWith(place.folder, {
        parallel: `echo "the shards"; exit ${shards}`,
        fake: `echo "$1"; exit ${merge}`,
      });
      const { code, stdout, stderr } = await slope(
        submitWords("ssh", place, { now: "", command: "fake" }),
        env,
      );
      assert.equal(code, expected, stderr);
      assert.match(stdout, /^the shards\nmerge$/m);
      assert.equal(stderr.includes("the merged run: "), code === 0);
    });
  }
});

test("Ctrl-C says what becomes of what was submitted, and blames no script", {
  ...SLOW,
  skip: onWindows,
}, async () => {
  for (
    const [scheduler, tool, pattern] of [
      ["slurm", "sbatch", /^interrupted: jobs that were submitted go on: `squeue --me`/m],
      ["kubernetes", "kubectl", /^interrupted: Jobs that were created go on.*merge\.yaml/m],
      ["ssh", "parallel", /^interrupted: the same command goes on with the shards/m],
    ] as const
  ) {
    await withPlan(async (place) => {
      const env = pathWith(place.folder, { [tool]: "echo started >&2; sleep 60" });
      const submitting = startSlope(submitWords(scheduler, place, { now: "" }), env);
      await submitting.says("started");
      submitting.kill("SIGINT");
      const { code, stderr } = await submitting.ended;
      assert.equal(code, 130, stderr);
      assert.match(stderr, pattern);
      assert.doesNotMatch(stderr, /hint:|error:/);
    });
  }
});
