import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { writePrepared } from "../../src/data/prepared.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { PROTOCOL_VERSION } from "../../src/format/protocol_version.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { runTrial } from "../../src/trial/run_trial.ts";
import { PROJECT, withFolder } from "../support/cli.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";
import { SLOW } from "../support/slow.ts";
import { reasonOf } from "../support/trials.ts";

const EXAMPLES = 200;

/** What the reason of each must say; undefined: it is honest. */
const CHEATS: Readonly<Record<string, RegExp | undefined>> = {
  honest: undefined,
  own_loop: undefined,
  half_rows: /wrong in a timed step.*it leaves out 5 of the 10 rows/,
  remembers: /wrong in a timed step/,
  float16_inside: /wrong gradient: .*is a float16 number, but float32 is declared/,
  wrong_update: /wrong in a timed step/,
  skips_steps: /wrong in a timed step/,
  late_thread: /wrong in a timed step/,
  blanks_pixels: /open: .*read-only.*\(blanks_pixels\.py:8: problem\.pixels\[:\] = 0\)/,
};

for (const [name, told] of Object.entries(CHEATS)) {
  test(
    told ? `${name}.py is caught, and the reason says how` : `${name}.py is not flagged`,
    { ...SLOW, ...NEEDS_PYTHON },
    async () => {
      const record = await trialOf(name);
      if (told === undefined) {
        assert.equal(record.status, "ok", reasonOf(record));
        assert.ok((record.rechecks?.steps ?? 0) > 0);
      } else {
        assert.equal(record.status, "failed");
        assert.match(reasonOf(record), told);
      }
    },
  );
}

async function trialOf(name: string): Promise<TrialRecord> {
  let record: TrialRecord | undefined;
  await withFolder(async (folder) => {
    const sets = {
      train: syntheticDigits(EXAMPLES, 1, "train"),
      test: syntheticDigits(50, 1, "test"),
    };
    record = await runTrial({
      runtime: { ...CURRENT_RUNTIME, path: process.execPath },
      round: 1,
      needs: [],
      timeoutMs: 120_000,
      request: {
        type: "run",
        protocol: PROTOCOL_VERSION,
        cell: {
          implementation: name,
          runtime: "python",
          examples: EXAMPLES,
          batchSize: 10,
          layerSizes: [784, 8, 10],
          hiddenActivation: "sigmoid",
          outputLoss: "sigmoid-quadratic",
          rate: 1,
          precision: name === "float16_inside" ? "float32" : "float64",
          threads: 1,
          seed: 1,
        },
        plugin: join(PROJECT, "tests/red_team/python", `${name}.py`),
        python: PYTHON!,
        data: writePrepared(folder, sets, 1, EXAMPLES),
        initialisation: "scaled-normal",
        keepWrong: false,
        training: { epochs: 2 },
        sampling: { engine: "ordered", budgetNs: 0.3e9, minSamples: 2, minSampleNs: 1e6 },
      },
    });
  });
  return record!;
}
