import assert from "node:assert/strict";
import test from "node:test";
import { endedRank, launcherWords, withoutLauncher } from "./ended_rank.ts";

const MPICH_KILLED = `
===================================================================================
=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES
=   PID 4711 RUNNING AT node
=   EXIT CODE: 9
=   CLEANING UP REMAINING PROCESSES
=   YOU CAN IGNORE THE BELOW CLEANUP MESSAGES
===================================================================================
YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)
This typically refers to a problem with your application.
Please see the FAQ page for debugging suggestions
`;
const MPICH_EXITED = MPICH_KILLED.replace("EXIT CODE: 9", "EXIT CODE: 3")
  .replace(/^YOUR APPLICATION[^]*/m, "");
const OPEN_MPI_KILLED = `
--------------------------------------------------------------------------
Primary job  terminated normally, but 1 process returned
a non-zero exit code. Per user-direction, the job has been aborted.
--------------------------------------------------------------------------
--------------------------------------------------------------------------
mpiexec noticed that process rank 1 with PID 4711 on node vm exited on signal 9 (Killed).
--------------------------------------------------------------------------
`;
const OPEN_MPI_EXITED = `
mpiexec detected that one or more processes exited with non-zero status, thus causing
the job to be terminated. The first process to do so was:

  Process name: [[61012,1],1]
  Exit code:    3
`;

test("the rank that ended first is read from what each launcher writes", () => {
  const pids = [4710, 4711];
  assert.deepEqual(endedRank(MPICH_KILLED, pids), { rank: 1, signal: "SIGKILL" });
  assert.deepEqual(endedRank(MPICH_EXITED, pids), { rank: 1, exitCode: 3 });
  assert.deepEqual(endedRank(OPEN_MPI_KILLED, pids), { rank: 1, signal: "SIGKILL" });
  assert.deepEqual(endedRank(OPEN_MPI_EXITED, pids), { rank: 1, exitCode: 3 });
  assert.deepEqual(
    endedRank("application called MPI_Abort(MPI_COMM_WORLD, 1) - process 2\n", pids),
    { rank: 2, exitCode: 1 },
  );
  assert.deepEqual(endedRank("srun: error: vm: task 1: Killed\n", pids), {
    rank: 1,
    signal: "SIGKILL",
  });
});

test("the first task in Slurm's text ended first, whatever ended the others", () => {
  const texts: readonly [text: string, expected: object][] = [
    ["task 1: Killed\nsrun: error: b: task 0: Exited with exit code 1", { signal: "SIGKILL" }],
    ["task 1: Exited with exit code 3\nsrun: error: b: task 0: Killed", { exitCode: 3 }],
    ["task 1: Segmentation fault (core dumped)\nsrun: error: b: task 0: Killed", {
      signal: "SIGSEGV",
    }],
    ["task 1: Out Of Memory", { signal: "SIGKILL" }],
    ["task 1: Bus error", { signal: "SIGBUS" }],
    ["tasks 1-3,7: Aborted (core dumped)", { signal: "SIGABRT" }],
    ["tasks 1,3: Exited with exit code 2", { exitCode: 2 }],
  ];
  for (const [text, expected] of texts) {
    assert.deepEqual(endedRank(`srun: error: a: ${text}\n`, []), { rank: 1, ...expected }, text);
  }
});

test("where a process is no rank's, what else the launcher writes names the rank", () => {
  const text = `${MPICH_KILLED}application called MPI_Abort(MPI_COMM_WORLD, 1) - process 2\n`;
  assert.deepEqual(endedRank(text, [1, 2, 3]), { rank: 2, exitCode: 1 });
});

test("a process whose rank is not known, and a text without one, name none", () => {
  assert.equal(endedRank(MPICH_KILLED, []), undefined);
  assert.equal(endedRank("error: out of memory\n", [1]), undefined);
});

test("what the program wrote stays when the launcher's frame and advice are taken away", () => {
  for (const frame of [MPICH_KILLED, OPEN_MPI_KILLED]) {
    assert.equal(withoutLauncher(`rank 1: no room\n${frame}`).trim(), "rank 1: no room");
  }
});

test("a launcher that cannot start a job is quoted by its first lines, without the frame", () => {
  const text =
    "-----------------\nThere are not enough slots\nfor 4 ranks\n\n  deno\n\nAsk for fewer\n";
  assert.equal(launcherWords(text), "There are not enough slots / for 4 ranks / deno");
  assert.equal(launcherWords("\n"), undefined);
});
