import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../base/errors.ts";
import { shardOf } from "./shard_choice.ts";
import { roundsOfShard, shardOfRound } from "./shard_rounds.ts";

const refuses = (
  text: string,
  pattern: RegExp,
  variables: Record<string, string> = {},
): void =>
  assert.throws(
    () => shardOf(text, variables),
    (error) => error instanceof InputError && pattern.test(`${error.message}\n${error.hint}`),
  );

test("every round belongs to one shard, and shards differ by one round at most", () => {
  for (const rounds of [1, 2, 7, 8, 30]) {
    for (let count = 1; count <= rounds; count++) {
      const parts = Array.from(
        { length: count },
        (_, i) => roundsOfShard(rounds, { index: i + 1, count }),
      );
      const all = parts.flat().sort((a, b) => a - b);
      assert.deepEqual(all, Array.from({ length: rounds }, (_, i) => i + 1));
      const lengths = parts.map(({ length }) => length);
      assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1);
      parts.forEach((part, i) =>
        part.forEach((round) => assert.equal(shardOfRound(round, { count }), i + 1))
      );
    }
  }
  assert.deepEqual(roundsOfShard(3, undefined), [1, 2, 3]);
});

test("a shard is a number of a total", () => {
  assert.deepEqual(shardOf("2/4", {}), { index: 2, count: 4 });
  assert.deepEqual(shardOf(" 1/1 ", {}), { index: 1, count: 1 });
});

test("what is no shard is refused with what helps", () => {
  for (const text of ["", "a/b", "2", "2/", "/4", "-1/4", "1.5/4", "1/4/2", "auto/", "automatic"]) {
    refuses(text, /expected a number of a total, as 2\/4, or auto, or auto\/4\n.*1\/4, 2\/4/);
  }
  refuses("0/4", /shards of 4 count from 1 to 4\nchoose one from 1\/4 to 4\/4/);
  refuses("5/4", /shards of 4 count from 1 to 4/);
  refuses("0/0", /no shard of none/);
});

test("auto reads the array of Slurm, from whatever number and in whatever step it counts", () => {
  const array = (id: number, first: number, last: number, step: number) => ({
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(first),
    SLURM_ARRAY_TASK_MAX: String(last),
    SLURM_ARRAY_TASK_STEP: String(step),
    SLURM_ARRAY_TASK_COUNT: String((last - first) / step + 1),
  });
  assert.deepEqual(shardOf("auto", array(0, 0, 3, 1)), { index: 1, count: 4 });
  assert.deepEqual(shardOf("auto", array(4, 1, 4, 1)), { index: 4, count: 4 });
  assert.deepEqual(shardOf("auto/4", array(30, 10, 40, 10)), { index: 3, count: 4 });
  const { SLURM_ARRAY_TASK_MAX: _, SLURM_ARRAY_TASK_STEP: __, ...few } = array(2, 1, 3, 1);
  assert.deepEqual(shardOf("auto", few), { index: 2, count: 3 });
  // One task that is submitted again alone.
  refuses(
    "auto/4",
    /--shard says 4, and SLURM_ARRAY_TASK_ID counts 1\n.*--shard 2\/4/,
    array(2, 2, 2, 1),
  );
  // --array=1,3,7
  const uneven = { ...array(7, 1, 3, 1), SLURM_ARRAY_TASK_MAX: "7" };
  refuses("auto", /not evenly spaced.*\nsubmit it as --array=1-3/, uneven);
  // Scripts that pass on the number and the count alone, and those that pass on the number.
  const alone = { SLURM_ARRAY_TASK_ID: "4" };
  const counted = { ...alone, SLURM_ARRAY_TASK_COUNT: "4" };
  assert.deepEqual(shardOf("auto", counted), { index: 4, count: 4 });
  assert.deepEqual(shardOf("auto/8", alone), { index: 4, count: 8 });
  refuses("auto", /not of how many\nsay how many, as --shard auto\/4/, alone);
  refuses("auto", /is 0, and the array counts from 1\nnumber it from 1/, {
    ...counted,
    SLURM_ARRAY_TASK_ID: "0",
  });
  refuses("auto", /not evenly spaced/, { ...counted, SLURM_ARRAY_TASK_ID: "5" });
  refuses("auto", /SLURM_ARRAY_TASK_ID is "one", expected a whole number/, {
    SLURM_ARRAY_TASK_ID: "one",
  });
});

test("auto reads indexed jobs and arrays that do not say how many they are, with the number given", () => {
  assert.deepEqual(shardOf("auto/4", { JOB_COMPLETION_INDEX: "0" }), { index: 1, count: 4 });
  assert.deepEqual(shardOf("auto/4", { PBS_ARRAY_INDEX: "4" }), { index: 4, count: 4 });
  refuses(
    "auto",
    /JOB_COMPLETION_INDEX says that this is number 2.*\nsay how many, as --shard auto\/4/,
    {
      JOB_COMPLETION_INDEX: "1",
    },
  );
  refuses("auto/4", /shard "5\/4 \(JOB_COMPLETION_INDEX\)": shards of 4 count/, {
    JOB_COMPLETION_INDEX: "4",
  });
  refuses("auto/4", /PBS_ARRAY_INDEX is 0.*\n.*-J 1-4/, { PBS_ARRAY_INDEX: "0" });
});

test("auto reads the ranks of a launcher, but the array that it was started in first", () => {
  const open = { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "3" };
  assert.deepEqual(shardOf("auto", open), { index: 3, count: 3 });
  assert.deepEqual(shardOf("auto", { PMI_RANK: "0", PMI_SIZE: "2" }), { index: 1, count: 2 });
  const step = { SLURM_PROCID: "3", SLURM_STEP_NUM_TASKS: "4" };
  assert.deepEqual(shardOf("auto", step), { index: 4, count: 4 });
  refuses("auto", /no scheduler or launcher/, { SLURM_PROCID: "0", SLURM_NTASKS: "4" }); // no srun
  const both = { ...open, JOB_COMPLETION_INDEX: "1" };
  assert.deepEqual(shardOf("auto/4", both), { index: 2, count: 4 });
  refuses("auto", /no scheduler or launcher/, { SLURM_ARRAY_TASK_ID: "" });
  // Nobody asked for a shard of these.
  assert.deepEqual(shardOf("2/8", both), { index: 2, count: 8 });
});
