import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { Summary } from "../../src/format/summary.ts";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { briefPlan, flags, latestTrials, slope, smallData, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

/** Spins until it is killed. */
function startBusyProcess(): ChildProcess {
  const code = "for (;;);";
  const args = CURRENT_RUNTIME.name === "deno" ? ["eval", code] : ["-e", code];
  return spawn(process.execPath, args, { stdio: "ignore" });
}

const skip = skipFor(
  !existsSync("/proc/pressure/cpu") && "this system does not tell how long tasks wait for a CPU",
);

test(
  "contention is recorded for each sample and named as the cause",
  { ...SLOW, skip },
  async () => {
    const busyProcesses = Array.from({ length: 3 * availableParallelism() }, startBusyProcess);
    try {
      await withFolder(async (out) => {
        const options = {
          data: smallData(),
          out,
          plan: briefPlan(),
          implementations: "fused_typed",
          sizes: "400",
          rounds: "2",
          epochs: "1",
          // A sample of a millisecond may lie within one slice of the scheduler: only many of them surely wait.
          "max-sample": "1s",
        };
        const { code, stderr } = await slope(["bench", ...flags(options)]);
        assert.equal(code, 0, stderr);
        const trials = latestTrials(out);
        for (const { sampleInterference, samplesNs } of trials) {
          assert.equal(sampleInterference?.cpuNs.length, samplesNs.length);
          assert.equal(sampleInterference?.involuntarySwitches.length, samplesNs.length);
        }
        const summary = Summary.parse(
          JSON.parse(readFileSync(join(out, "latest", "summary.json"), "utf8")),
        );
        const { disturbance } = summary.cells[0];
        assert.ok(disturbance && disturbance.disturbed > 0, JSON.stringify(disturbance));
        assert.ok(disturbance.waitedShare > 0.02, JSON.stringify(disturbance));
        const report = readFileSync(join(out, "latest", "report.md"), "utf8");
        assert.match(report, /The CPU was contended in the only cell/);
      });
    } finally {
      busyProcesses.forEach((one) => one.kill("SIGKILL"));
    }
  },
);
