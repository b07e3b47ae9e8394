import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { RunFile } from "../../src/format/plan.ts";
import { Summary } from "../../src/format/summary.ts";
import { readJournal } from "../../src/sweep/journal.ts";
import { programOnPath } from "../../src/sweep/program_command.ts";
import { flags, slope, smallData, trialName } from "../support/cli.ts";
import { skipFor } from "../support/required.ts";
import { noSlurm, type Slurm, startSlurm } from "../support/slurm.ts";
import { SLOW } from "../support/slow.ts";

const skip = skipFor(noSlurm());
const ROUNDS = 8;
/** Their times differ so much that no number of rounds could leave the verdict open. */
const PLAN = {
  implementations: ["naive_loop", "fused_typed"],
  sizes: [500],
  epochs: 1,
  rounds: ROUNDS,
  maxSampleSeconds: 0.05,
  budgetSeconds: 600,
};

let folder: string;
let plan: string;
/** A run of the same plan in one piece. */
let whole: string;
let slurm: Slurm;

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "slope-test-slurm-"));
  plan = join(folder, "plan.json");
  writeFileSync(plan, JSON.stringify(PLAN));
  mkdirSync(join(folder, "slurm"));
  const out = join(folder, "whole");
  const { code, stderr } = await slope([
    "bench",
    ...flags({ plan, out, data: smallData() }),
  ]);
  assert.equal(code, 0, stderr);
  whole = join(out, "latest");
  slurm = await startSlurm(join(folder, "slurm"));
});

after(async () => {
  await slurm?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Submits a plan, and returns the number of the array job. */
async function submit(
  out: string,
  shards: number,
  planPath = plan,
  env: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await slope(
    [
      "submit",
      "slurm",
      "--now",
      ...flags({ plan: planPath, out, shards: String(shards), data: smallData() }),
    ],
    { ...slurm.env, ...env },
  );
  assert.equal(code, 0, stderr + slurm.logs());
  return /^shards: job (\d+)$/m.exec(stdout)![1];
}

const trialsIn = (run: string): string[] =>
  readJournal(join(run, "trials.jsonl")).trials.map(trialName).sort();

/** What the run says of each program: whether it is faster than the first. */
const verdictsOf = (run: string): string[] =>
  Summary.parse(JSON.parse(readFileSync(join(run, "summary.json"), "utf8"))).cells
    .map(({ cell, speedupVerdict }) => `${cell.implementation}: ${speedupVerdict}`).sort();

/** What jobs wrote, for messages. */
const jobLogs = (out: string): string =>
  ["merge", "shard-1", "shard-2"].map((name) => join(out, "slurm", `${name}.log`))
    .filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8")).join("\n");

test("four shards on two nodes of Slurm give the trials and verdicts of a run in one piece", {
  ...SLOW,
  skip,
}, async () => {
  const out = join(folder, "four shards");
  await submit(out, 4);
  await slurm.idle(240);
  const merged = join(out, "merged");
  assert.ok(existsSync(join(merged, "report.html")), jobLogs(out) + slurm.logs());
  assert.deepEqual(trialsIn(merged), trialsIn(whole));
  assert.equal(trialsIn(merged).length, 2 * ROUNDS);
  const verdicts = verdictsOf(merged);
  assert.deepEqual(verdicts, verdictsOf(whole));
  assert.ok(verdicts.includes("fused_typed: faster"), verdicts.join());

  const done = readFileSync(join(folder, "slurm", "done.log"), "utf8")
    .match(/Name=slope-four-shards .*/g)!;
  assert.equal(done.length, 4, done.join("\n"));
  assert.ok(done.every((line) => / ExitCode=0:0 /.test(line)), done.join("\n"));
  const nodes = done.map((line) => /NodeList=(\w+)/.exec(line)?.[1]);
  assert.deepEqual([...new Set(nodes)].sort(), ["n1", "n2"]);
});

/** Waits until a shard has its first trials, and not all. */
async function untilBegun(out: string, shard: string): Promise<void> {
  const journal = join(out, shard, "trials.jsonl");
  const trials = () => existsSync(journal) ? readJournal(journal).trials.length : 0;
  for (let tries = 0; tries < 600 && trials() < 2; tries++) await pause(100);
  const kept = trials();
  assert.ok(kept >= 2 && kept < ROUNDS, `${kept} trials\n${jobLogs(out)}${slurm.logs()}`);
}

/** Asserts that a shard had two starts, and that the merged run has what the run in one piece has. */
function assertSame(out: string, shard: string): void {
  const { sessions } = RunFile.parse(JSON.parse(readFileSync(join(shard, "run.json"), "utf8")));
  assert.equal(sessions.length, 2, jobLogs(out) + slurm.logs());
  const merged = trialsIn(join(out, "merged"));
  assert.equal(new Set(merged).size, merged.length, "a trial is there twice");
  assert.deepEqual(merged, trialsIn(whole));
  assert.deepEqual(verdictsOf(join(out, "merged")), verdictsOf(whole));
}

for (const launcher of ["mpiexec.mpich", "srun"]) {
  test(`a program of two MPI ranks starts them on the node of its shard, by ${launcher}`, {
    ...SLOW,
    skip: skip ||
      skipFor(programOnPath("mpiexec.mpich") === undefined && "no mpiexec.mpich on PATH"),
  }, async () => {
    const ranked = join(folder, "ranked.json");
    const implementations = ["mpi_allreduce"];
    const fields = { ...PLAN, implementations, batchSizes: [50], ranks: [2], rounds: 2 };
    writeFileSync(ranked, JSON.stringify(fields));
    const out = join(folder, `ranks by ${launcher}`);
    await submit(out, 2, ranked, { SLOPE_MPIEXEC: launcher });
    await slurm.idle(240);
    const { trials } = readJournal(join(out, "merged", "trials.jsonl"));
    assert.equal(trials.length, 2, jobLogs(out) + slurm.logs());
    for (const { status, cell, memory, reasons } of trials) {
      assert.deepEqual([status, cell.ranks], ["ok", 2], JSON.stringify(reasons));
      assert.ok(memory!.peakRssBytes! >= memory!.loadedRssBytes!);
    }
  });
}

test("a shard that was killed and requeued goes on, and no trial is missing or there twice", {
  ...SLOW,
  skip,
}, async () => {
  const out = join(folder, "killed");
  const job = await submit(out, 2);
  const shard = join(out, "shard-1-of-2");
  await untilBegun(out, "shard-1-of-2");
  const run = RunFile.parse(JSON.parse(readFileSync(join(shard, "run.json"), "utf8")));
  process.kill(run.sessions.at(-1)!.process!.pid, "SIGKILL");
  const task = `${job}_1`;
  const isOver = () => !["RUNNING", "COMPLETING"].includes(slurm.states().get(task) ?? "ended");
  for (let tries = 0; tries < 240 && !isOver(); tries++) await pause(250);
  slurm.run("scontrol", "requeue", task);
  await slurm.idle(240);
  assertSame(out, shard);
});

test("when a node dies, Slurm gives its shard to the other one, which goes on", {
  ...SLOW,
  skip,
}, async () => {
  const out = join(folder, "dead node");
  const job = await submit(out, 2);
  const task = `${job}_1`;
  const shard = join(out, "shard-1-of-2");
  await untilBegun(out, "shard-1-of-2");
  const node = /BatchHost=(\w+)/.exec(slurm.run("scontrol", "show", "job", task))![1];
  slurm.kill(node);
  for (let tries = 0; tries < 480 && slurm.states().get(task) !== "PENDING"; tries++) {
    await pause(250);
  }
  await slurm.idle(240);
  const log = readFileSync(join(folder, "slurm", "done.log"), "utf8");
  assert.match(log, new RegExp(`Name=slope-dead-node JobState=NODE_FAIL .*NodeList=${node} `));
  assertSame(out, shard);
});

test("where Slurm has no `auth/none`, the daemons of these tests trust each other by munge", {
  ...SLOW,
  skip: skip || skipFor(programOnPath("munged") === undefined && "no munged on PATH"),
}, async () => {
  const own = join(folder, "munge");
  mkdirSync(own);
  const other = await startSlurm(own, ["munge"]);
  try {
    assert.match(other.run("scontrol", "show", "config"), /^AuthType\s*= auth\/munge$/m);
    assert.equal(other.run("srun", "--nodes=2", "echo", "here"), "here\nhere\n");
  } finally {
    await other.stop();
  }
});
