import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { pythonCommands } from "../../src/sweep/interpreters.ts";
import { readRunFile } from "../../src/sweep/run_folder.ts";
import { briefPlan, latestTrials, slope, smallData, withFolder } from "../support/cli.ts";
import { mnistDirectory } from "../support/mnist.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";
import { skipFor } from "../support/skips.ts";

const HAS_NUMPY = pythonCommands(process.env).some((python) => {
  try {
    execFileSync(python, ["-c", "import numpy"], { stdio: "ignore", timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
});

const skip = skipFor(
  !HAS_NUMPY &&
    "no Python with NumPy is here: apt-get install python3-numpy libopenblas0-pthread",
);

/** The real digits where they are, else synthetic ones. */
const data = (): string => mnistDirectory() ?? smallData();

test(
  "a peer runs in the same rounds, is verified like an implementation, and is in every file",
  { ...SLOW, skip: skipOutsideDeno || skip },
  async () => {
    await withFolder(async (out) => {
      const { code, stdout, stderr } = await slope([
        "bench",
        ...["--data", data(), "--out", out, "--plan", briefPlan()],
        ...["--implementations", "fused_typed", "--peers", "numpy_batch"],
        ...["--sizes", "200,400", "--rounds", "2", "--epochs", "2", "--threads", "1,2"],
      ]);
      assert.equal(code, 0, stderr);
      const trials = latestTrials(out);
      const peers = trials.filter(({ cell }) => cell.implementation === "numpy_batch");
      assert.equal(peers.length, 2 * 2 * 2);
      for (const peer of peers) {
        const { cell, verification, samplesNs, training, memory } = peer;
        assert.equal(peer.status, "ok", reasonOf(peer));
        assert.equal(cell.runtime, "python");
        assert.equal(cell.precision, "float32");
        assert.equal(verification?.verdict, "lower-precision");
        assert.ok(samplesNs.length > 0 && samplesNs.every((ns) => ns > 0));
        // The same start and minibatches give nearly the same loss in float32.
        const ours = trials.find((other) =>
          other.cell.implementation === "fused_typed" && other.cell.examples === cell.examples
        );
        const [theirs, own] = [training, ours?.training].map((one) =>
          one?.epochs.at(-1)?.loss ?? 0
        );
        assert.ok(Math.abs(theirs - own) < 1e-3 * own, `${theirs} and ${own}`);
        assert.ok((memory?.openedRssBytes ?? 0) > 0);
      }
      const { plan, environment } = readRunFile(join(out, "latest"));
      assert.deepEqual(plan.peers, ["numpy_batch"]);
      assert.deepEqual([plan.threads, plan.peerThreads], [[1, 2], [1, 2]]);
      assert.match(environment.peers?.numpy_batch ?? "", /^Python \d.*, NumPy \d/);
      assert.match(environment.runtimes.python ?? "", /^\d/);
      assert.match(stdout, /numpy_batch · 2 threads/);
      assert.match(readFileSync(join(out, "latest", "cells.csv"), "utf8"), /numpy_batch,python/);
    });
  },
);

for (const activation of ["sigmoid", "tanh", "relu"]) {
  for (const loss of ["sigmoid-quadratic", "softmax-cross-entropy"]) {
    test(`numpy_batch is right with ${activation} and ${loss}`, {
      ...SLOW,
      skip: skipOutsideDeno || skip,
    }, async () => {
      const { code, stdout } = await slope([
        "verify",
        ...["--data", data(), "--format", "json", "--implementations", "fused_typed"],
        ...["--peers", "numpy_batch", "--sizes", "300", "--batch", "1,64,full"],
        ...["--layers", "784,13,7,10", "--activation", activation, "--loss", loss],
      ]);
      const records: { cell: { implementation: string }; verification?: { verdict: string } }[] =
        JSON.parse(stdout);
      const verdicts = records.filter(({ cell }) => cell.implementation === "numpy_batch")
        .map(({ verification }) => verification?.verdict);
      assert.deepEqual(verdicts, ["lower-precision", "lower-precision", "lower-precision"]);
      assert.equal(code, 0);
    });
  }
}
